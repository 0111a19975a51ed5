FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /desk

COPY requirements.txt .
RUN pip install --disable-pip-version-check --require-hashes -r requirements.txt

COPY . .
RUN useradd --system --uid 10001 --no-create-home desk && mkdir -p .data files && chown desk .data files
USER 10001

# The addresses are not used while files are gathered; the real ones come with the environment.
RUN SECRET_KEY=build ENCRYPTION_KEYS=build DATABASE_URL=postgres://build/build REDIS_URL=redis://build \
    SITE_URL=https://build.example python manage.py collectstatic --noinput

EXPOSE 8000
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0"]
