# The one product binary in an image with nothing else: no shell, no root.
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags='-s -w' -o /usm ./cmd/usm

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /usm /usm
USER nonroot
EXPOSE 8080
ENTRYPOINT ["/usm"]
