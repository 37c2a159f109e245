# One image for all services of compose.yaml: the code location, the web server, the daemon and the command line. It has every extra that a setting
# or a command asks for but [files], which looks into downloads that compose.yaml does not mount, and [notebook].
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE dagster.yaml ./
COPY sql ./sql
COPY cowrie_assets ./cowrie_assets
RUN python -m venv /opt/cowrie_assets \
    && PIP_BUILD_CONSTRAINT=constraints.txt /opt/cowrie_assets/bin/pip install --no-cache-dir --constraint constraints.txt '.[archive,celery,mcp,opensearch,otel,postgres]'

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home cowrie \
    && install -d -o cowrie -g cowrie -m 0700 /var/lib/dagster /var/lib/cowrie_assets
COPY --from=build /opt/cowrie_assets /opt/cowrie_assets
COPY --chown=cowrie deploy/dagster.yaml deploy/workspace.yaml /var/lib/dagster/
ENV PATH=/opt/cowrie_assets/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DAGSTER_HOME=/var/lib/dagster \
    COWRIE_LOG_ROOT=/logs \
    COWRIE_REPORT_DIR=/var/lib/cowrie_assets/reports
USER cowrie
WORKDIR /var/lib/cowrie_assets
CMD ["cowrie-assets", "--help"]
