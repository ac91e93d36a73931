package sandbox

import (
	"slices"
	"strings"
	"testing"
)

func TestLayersRoundTrip(t *testing.T) {
	t.Parallel()
	for set := Layers(0); set <= All; set++ {
		text, err := set.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		again := All &^ set // what was there before must not stay
		if err := again.UnmarshalText(text); err != nil || again != set {
			t.Errorf("%#b is %q and becomes %#b, %v", set, text, again, err)
		}
		if string(text) != set.String() {
			t.Errorf("%q and %q", text, set.String())
		}
		for bit := UID; bit <= Sweep; bit <<= 1 {
			if set.Has(bit) != (set&bit != 0) {
				t.Errorf("%v has %v: %v", set, bit, set.Has(bit))
			}
		}
		if !set.Has(0) || !set.Has(set) || !All.Has(set) {
			t.Errorf("%v is no set", set)
		}
	}
}

func TestLayersInText(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text string
		want Layers
		bad  string // what the error must name
	}{
		{text: "", want: 0},
		{text: "  ", want: 0},
		{text: "none", want: 0},
		{text: " none\n", want: 0},
		{text: "uid", want: UID},
		{text: "uid,no_new_privs,rlimits,landlock,seccomp,watchdog,sweep", want: All},
		{text: "sweep,uid", want: UID | Sweep},
		{text: " uid , seccomp ", want: UID | Seccomp},
		{text: "uid,uid", want: UID},
		{text: "UID", bad: `"UID"`},
		{text: "uid,", bad: `""`},
		{text: ",", bad: `""`},
		{text: "uid seccomp", bad: `"uid seccomp"`},
		{text: "uid;seccomp", bad: `"uid;seccomp"`},
		{text: "none,uid", bad: `"none"`},
		{text: "all", bad: `"all"`},
		{text: "secomp", bad: `"secomp"`},
		{text: "127", bad: `"127"`},
	} {
		t.Run(row.text, func(t *testing.T) {
			t.Parallel()
			var got Layers
			err := got.UnmarshalText([]byte(row.text))
			if row.bad == "" {
				if err != nil || got != row.want {
					t.Errorf("%v, %v, want %v", got, err, row.want)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), row.bad) {
				t.Errorf("%v, want an error that names %s", err, row.bad)
			} else if !strings.Contains(err.Error(), "no_new_privs") {
				t.Errorf("%v does not say what there is", err)
			}
		})
	}
}

// The order of the names is the order of isolation in every answer, and clients
// know it.
func TestLayerNamesAreInOrder(t *testing.T) {
	t.Parallel()
	want := []string{"uid", "no_new_privs", "rlimits", "landlock", "seccomp", "watchdog", "sweep"}
	if got := All.Names(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for bit, name := range map[Layers]string{
		UID: "uid", NoNewPrivs: "no_new_privs", Rlimits: "rlimits", Landlock: "landlock", Seccomp: "seccomp", Watchdog: "watchdog", Sweep: "sweep",
	} {
		if bit.String() != name {
			t.Errorf("%q, want %q", bit, name)
		}
	}
	if got := Layers(0).Names(); got == nil || len(got) != 0 {
		t.Errorf("the empty set has %q: an answer needs an empty list and not null", got)
	}
}

func FuzzLayers(f *testing.F) {
	f.Add("uid,no_new_privs")
	f.Add("none")
	f.Add(" ,")
	f.Fuzz(func(t *testing.T, text string) {
		var l, again Layers
		if l.UnmarshalText([]byte(text)) != nil {
			return
		}
		if !All.Has(l) {
			t.Errorf("%q has layers that do not exist: %#b", text, l)
		}
		if err := again.UnmarshalText([]byte(l.String())); err != nil || again != l {
			t.Errorf("%q is %v, which becomes %v, %v", text, l, again, err)
		}
	})
}
