package awsapi

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Checks collects what is wrong with a request, in AWS's words. Members are
// named as the model names them, which begins in lower case.
type Checks struct{ wrong []string }

// Fail notes that a member's value does not satisfy a constraint.
func (c *Checks) Fail(member, value, constraint string) {
	c.wrong = append(c.wrong, fmt.Sprintf("Value %s at '%s' failed to satisfy constraint: %s", value, member, constraint))
}

// Text gives all that was wrong; "" if nothing was.
func (c *Checks) Text() string {
	switch len(c.wrong) {
	case 0:
		return ""
	case 1:
		return "1 validation error detected: " + c.wrong[0]
	}
	return fmt.Sprintf("%d validation errors detected: %s", len(c.wrong), strings.Join(c.wrong, "; "))
}

// Err gives the ValidationException for all that was wrong.
func (c *Checks) Err() error {
	if len(c.wrong) == 0 {
		return nil
	}
	return NewException("ValidationException", "%s", c.Text())
}

// Present demands that a member is set.
func (c *Checks) Present(member string, v any) bool {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		if !r.IsNil() {
			return true
		}
	}
	c.Fail(member, "null", "Member must not be null")
	return false
}

// Length checks the characters of a text.
func (c *Checks) Length(member, v string, least, most int) {
	switch n := utf8.RuneCountInString(v); {
	case n < least:
		c.Fail(member, "'"+Clip(v)+"'", fmt.Sprintf("Member must have length greater than or equal to %d", least))
	case n > most:
		c.Fail(member, "'"+Clip(v)+"'", fmt.Sprintf("Member must have length less than or equal to %d", most))
	}
}

// Printable refuses control characters but for some.
func (c *Checks) Printable(member, v, but string) {
	bad := func(r rune) bool {
		return (r < ' ' || r == 0x7F || r == utf8.RuneError) && !strings.ContainsRune(but, r)
	}
	if strings.ContainsFunc(v, bad) {
		c.Fail(member, fmt.Sprintf("%q", Clip(v)), "Member must satisfy regular expression pattern: [\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF"+
			strings.NewReplacer("\r", `\r`, "\n", `\n`, "\t", `\t`).Replace(but)+"]*")
	}
}

// Count checks the length of a list.
func (c *Checks) Count(member string, n, least, most int) {
	switch {
	case n < least:
		c.Fail(member, "'[]'", fmt.Sprintf("Member must have length greater than or equal to %d", least))
	case n > most:
		c.Fail(member, fmt.Sprintf("'[%d items]'", n), fmt.Sprintf("Member must have length less than or equal to %d", most))
	}
}

// Between checks a number and gives it, or otherwise if it is not set.
func (c *Checks) Between(member string, v *int32, least, most, otherwise int) int {
	if v == nil {
		return otherwise
	}
	switch n := int(*v); {
	case n < least:
		c.Fail(member, fmt.Sprintf("'%d'", n), fmt.Sprintf("Member must have value greater than or equal to %d", least))
	case n > most:
		c.Fail(member, fmt.Sprintf("'%d'", n), fmt.Sprintf("Member must have value less than or equal to %d", most))
	}
	return int(*v)
}

// OneOf checks a member of an enumeration; not set is fine.
func OneOf[T ~string](c *Checks, member string, v T, of []T) {
	if v == "" {
		return
	}
	names := make([]string, len(of))
	for i, o := range of {
		if o == v {
			return
		}
		names[i] = string(o)
	}
	c.Fail(member, "'"+Clip(string(v))+"'", "Member must satisfy enum value set: ["+strings.Join(names, ", ")+"]")
}
