"""What the page's parts hold, named as its headings; the templates lay it out."""
