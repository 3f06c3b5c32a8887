# docker build -t mailpit-py .
# docker run --rm -p 127.0.0.1:1025:1025 -p 127.0.0.1:8025:8025 mailpit-py

FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
# This image has no Node.js: the build hook takes it from PyPI, and none of it reaches the image below.
RUN python -m venv --without-pip /opt/mailpit-py \
    && pip --python /opt/mailpit-py/bin/python install --no-cache-dir --constraint constraints.txt '.[fast]'

FROM python:3.13-slim
# For health checks of compose files: wget -qO- http://localhost:8025/readyz
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends wget \
    && rm -rf /var/lib/apt/lists/*
# Any user may keep mail in /data, as in /tmp. The names are those of Mailpit's image.
RUN groupadd --gid 1025 mailpit \
    && useradd --uid 1025 --gid mailpit --home-dir /data --shell /usr/sbin/nologin mailpit \
    && mkdir -p /data /opt/bin \
    && chmod 1777 /data \
    && ln -s /opt/mailpit-py/bin/mailpit-py-container /opt/bin/mailpit \
    && ln -s /opt/bin/mailpit /mailpit
COPY --from=build /opt/mailpit-py /opt/mailpit-py
# A container is reached from outside of it, so it listens on all its addresses: publish the ports on
# 127.0.0.1, or set MP_UI_AUTH. /data is writable even with --read-only, and takes temporary files too.
ENV PATH=/opt/mailpit-py/bin:/opt/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    TMPDIR=/data \
    MP_SMTP_BIND_ADDR=[::]:1025 \
    MP_UI_BIND_ADDR=[::]:8025 \
    MP_POP3_BIND_ADDR=[::]:1110 \
    MP_IMAP_BIND_ADDR=[::]:1143
# It starts as root to take a volume over that belongs to root, and gives root up before anything else.
WORKDIR /data
VOLUME /data
EXPOSE 1025 1110 1143 8025
STOPSIGNAL SIGTERM
# Services wait for the first one; --start-interval is not known to all that build images.
HEALTHCHECK --interval=5s --timeout=5s --start-period=10s CMD ["/mailpit", "readyz"]
ENTRYPOINT ["/mailpit"]
