# The tool alone, as nobody, without a shell. docker build -t onelayer . && docker run --rm -v "$PWD:/work:ro" onelayer check
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X github.com/onelayer/onelayer/internal/cli.version=$VERSION" -o /onelayer ./cmd/onelayer

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /onelayer /onelayer
WORKDIR /work
ENTRYPOINT ["/onelayer"]
CMD ["check"]
