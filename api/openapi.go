package api

import (
	_ "embed"
	"net/http"

	"github.com/labstack/echo/v4"
)

// openAPI is the description that clients and their tools read; a test holds it
// against what the service does.
//
//go:embed openapi.yaml
var openAPI string

const openAPIPath = "/openapi.yaml"

func (s *Server) openapi(c echo.Context) error {
	return s.send(c, http.StatusOK, "application/yaml", []byte(openAPI))
}
