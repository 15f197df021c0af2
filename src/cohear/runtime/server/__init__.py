"""Bundles behind HTTP; needs fastapi, uvicorn, python-multipart and prometheus-client beside what a bundle needs."""
