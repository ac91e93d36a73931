// Package described holds what the service answers against what its OpenAPI description
// says of it. It is for tests: the service has no part of it.
package described

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// API is a description.
type API struct {
	doc     *openapi3.T
	schemas map[string]*jsonschema.Schema // by reference; compiled once, which takes as long as many a test
}

// Load reads a description and checks it, its examples as well.
func Load(file string) (*API, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, err
	}
	return compile(doc)
}

func compile(doc *openapi3.T) (*API, error) {
	const name = "openapi.json"
	text, err := doc.MarshalJSON()
	if err != nil {
		return nil, err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	a, c := &API{doc, map[string]*jsonschema.Schema{}}, jsonschema.NewCompiler()
	if err := c.AddResource(name, v); err != nil {
		return nil, err
	}
	for schema := range doc.Components.Schemas {
		ref := "#/components/schemas/" + schema
		if a.schemas[ref], err = c.Compile(name + ref); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Routes are the methods and paths, as in "GET /runtimes".
func (a *API) Routes() (list []string) {
	for path, item := range a.doc.Paths.Map() {
		for method := range item.Operations() {
			list = append(list, method+" "+path)
		}
	}
	slices.Sort(list)
	return list
}

// Properties are the names that objects of a schema can have, and those that they must.
func (a *API) Properties(schema string) (all, required []string) {
	s := a.doc.Components.Schemas[schema]
	if s == nil {
		return nil, nil
	}
	names, always := properties(s)
	return slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(always))
}

// properties are those of a schema and of all that it is made of.
func properties(s *openapi3.SchemaRef) (all, required []string) {
	all, required = slices.Collect(maps.Keys(s.Value.Properties)), slices.Clone(s.Value.Required)
	for _, part := range s.Value.AllOf {
		more, always := properties(part)
		all, required = append(all, more...), append(required, always...)
	}
	return all, required
}

// Enum are the strings that a schema, or a property of it, can be.
func (a *API) Enum(schema, property string) (list []string) {
	s := a.doc.Components.Schemas[schema]
	if s != nil && property != "" {
		s = s.Value.Properties[property]
	}
	if s == nil {
		return nil
	}
	for _, v := range s.Value.Enum {
		if text, ok := v.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

// Examples are the bodies that are shown for an operation, as JSON.
func (a *API) Examples(method, path string) map[string]string {
	list := map[string]string{}
	for name, e := range a.doc.Paths.Value(path).GetOperation(method).RequestBody.Value.Content.Get("application/json").Examples {
		text, _ := json.Marshal(e.Value.Value)
		list[name] = string(text)
	}
	return list
}

// Request says how a body differs from what an operation takes.
func (a *API) Request(method, path, body string) error {
	return a.match(a.doc.Paths.Value(path).GetOperation(method).RequestBody.Value.Content, "application/json", body)
}

// Answer says how an answer differs from what it may be. What is not described at
// all is a problem.
func (a *API) Answer(method, path string, status int, contentType, body string) error {
	var op *openapi3.Operation
	if item := a.find(path); item != nil {
		op = item.GetOperation(method)
	}
	if op == nil {
		return a.match(a.doc.Components.Responses["Problem"].Value.Content, contentType, body)
	}
	answer := op.Responses.Status(status)
	if answer == nil {
		return fmt.Errorf("%s %s: a status %d is not described", method, path, status)
	}
	return a.match(answer.Value.Content, contentType, body)
}

// find is what is described of a path, in which there can be parameters.
func (a *API) find(path string) *openapi3.PathItem {
	parts := strings.Split(path, "/")
	for template, item := range a.doc.Paths.Map() {
		if slices.EqualFunc(strings.Split(template, "/"), parts, func(name, part string) bool {
			return name == part || strings.HasPrefix(name, "{") && part != ""
		}) {
			return item
		}
	}
	return nil
}

func (a *API) match(content openapi3.Content, contentType, body string) error {
	media := content[contentType]
	if media == nil {
		return fmt.Errorf("a content of the type %q is not described", contentType)
	}
	if media.Schema.Ref == "" { // text, of which nothing more is said
		return nil
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return err
	}
	return a.schemas[media.Schema.Ref].Validate(v)
}
