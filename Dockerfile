# The app's image: Home Assistant's Debian base with its process supervisor, for amd64 and aarch64.
# build.yaml names the same base. TensorFlow here is the processor's; the GPU's is installed into /data where one is found.
ARG BUILD_FROM=ghcr.io/home-assistant/base-debian:trixie

FROM ${BUILD_FROM} AS panel
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/wakesmith
RUN python3 -m venv .venv
COPY requirements/node.lock requirements/
COPY script/npm script/panel script/
COPY addon/frontend addon/frontend
RUN script/panel

FROM ${BUILD_FROM}
# A pinned version would be gone with Debian's next point release.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends git libgomp1 python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/wakesmith
# What others made, in a layer of its own: it stays where only our own sources changed.
COPY requirements requirements
COPY script/setup script/npm script/fetch_styles script/
COPY pyproject.toml ./
RUN PIP_NO_CACHE_DIR=1 script/setup --packages \
    && rm -rf .venv/node /root/.npm
COPY LICENSE README.md ./
COPY trainer trainer
COPY addon addon
COPY integration integration
RUN script/setup && rm -rf addon/frontend
COPY --from=panel /opt/wakesmith/addon/web/static addon/web/static
COPY rootfs /

# What is fetched and cached lives in /data: the rest of the image is replaced by every update.
ENV XDG_CACHE_HOME=/data/cache \
    XDG_DATA_HOME=/data/share \
    MPLCONFIGDIR=/data/cache/matplotlib \
    CUPY_CACHE_DIR=/data/cache/cupy \
    CUDA_CACHE_PATH=/data/cache/cuda \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
