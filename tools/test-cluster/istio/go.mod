module grayscale.test/istio

go 1.25.0

require istio.io/api v1.32.0
