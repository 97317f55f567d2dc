# The one product binary in an image with nothing else: no shell, no package manager, no root. The same sources give the
# same binary, bit for bit. TARGETOS and TARGETARCH are those of --platform; VERSION is what `usm version` says.
FROM --platform=$BUILDPLATFORM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags="-s -w -buildid= -X main.release=$VERSION" -o /usm ./cmd/usm

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /usm /usm
USER 65532:65532
EXPOSE 8080 9090
ENTRYPOINT ["/usm"]
