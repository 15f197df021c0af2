# Bundles behind HTTP: what `cohear serve` needs, and nothing that trains. docs/serve.md tells how to run it.
FROM python:3.12-slim

# The runtime's part of pyproject.toml; torch and all that is for training stays out.
RUN pip install --no-cache-dir \
    "numpy>=1.26" \
    "soundfile>=0.12" \
    "soxr>=0.3.7" \
    "av>=14" \
    "typer>=0.16" \
    "rich>=13.7" \
    "onnxruntime>=1.18" \
    "fastapi>=0.111" \
    "uvicorn>=0.35" \
    "websockets>=14" \
    "python-multipart>=0.0.9" \
    "prometheus-client>=0.20"

COPY pyproject.toml README.md LICENSE /build/
COPY src /build/src
RUN pip install --no-cache-dir --no-deps /build && rm -rf /build \
    && useradd --system --uid 10001 --no-create-home cohear

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]

# COHEAR_TOKEN must be set: the address is one that others reach.
ENTRYPOINT ["cohear", "serve", "--host", "0.0.0.0"]
CMD ["/bundle"]
