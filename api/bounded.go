package api

import (
	"errors"
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Lists are counted while they are decoded: an element of two bytes on the wire
// takes dozens in memory, which nothing else bounds. More elements than these
// could not be used anyway: each file takes 4 KiB of disk, and the kernel
// bounds arguments and environment.
const mostElements = 16 << 10

var errTooMany = errors.New("too many elements")

// list is an array of at most mostElements, none of them null.
type list[T any] []T

// UnmarshalJSONFrom decodes one.
func (l *list[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '[' { // null, or an error that says what it is instead
		return json.UnmarshalDecode(dec, (*[]T)(l))
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	*l = nil
	for dec.PeekKind() != ']' {
		if len(*l) == mostElements {
			return &json.SemanticError{JSONPointer: dec.StackPointer().Parent(), Err: errTooMany}
		}
		var v T
		if dec.PeekKind() == 'n' {
			at := dec.StackPointer() // of what was read last: the element before, or the list
			if len(*l) > 0 {
				at = at.Parent()
			}
			return isNull[T](at.AppendToken(strconv.Itoa(len(*l))))
		}
		if err := json.UnmarshalDecode(dec, &v); err != nil {
			return err
		}
		*l = append(*l, v)
	}
	_, err := dec.ReadToken()
	return err
}

// variables is an object of at most mostElements strings, none of them null.
type variables map[string]string

// UnmarshalJSONFrom decodes one.
func (m *variables) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != '{' {
		return json.UnmarshalDecode(dec, (*map[string]string)(m))
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	*m = variables{}
	for dec.PeekKind() != '}' {
		if len(*m) == mostElements {
			return &json.SemanticError{JSONPointer: dec.StackPointer().Parent(), Err: errTooMany}
		}
		token, err := dec.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		if dec.PeekKind() == 'n' {
			return isNull[string](dec.StackPointer())
		}
		var value string
		if err := json.UnmarshalDecode(dec, &value); err != nil {
			return err
		}
		(*m)[name] = value
	}
	_, err := dec.ReadToken()
	return err
}

// isNull is the refusal of a null inside a list or an object, where it cannot
// mean that something was left out.
func isNull[T any](at jsontext.Pointer) error {
	return &json.SemanticError{JSONPointer: at, JSONKind: 'n', GoType: reflect.TypeFor[T]()}
}
