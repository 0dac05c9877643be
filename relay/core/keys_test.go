package core_test

import (
	"crypto/rand"
	"petmail/relay/core"
	"petmail/tests/sqltx"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDamagedKeys checks that a relay with other keys than its own does not
// start: it would look like one that cheats.
func TestDamagedKeys(t *testing.T) {
	for name, statement := range map[string]string{
		"a bit of the identity":      `UPDATE meta SET value = x'` + strings.Repeat("01", 32) + `' WHERE name = 'identity'`,
		"another routing key":        `UPDATE meta SET value = x'` + strings.Repeat("01", 32) + `' WHERE name = 'routing'`,
		"a routing key out of range": `UPDATE meta SET value = x'` + strings.Repeat("ff", 32) + `' WHERE name = 'routing'`,
		"a short identity":           `UPDATE meta SET value = x'01' WHERE name = 'identity'`,
		"no identity":                `DELETE FROM meta WHERE name = 'identity'`,
		"no routing key":             `DELETE FROM meta WHERE name = 'routing'`,
		"the id alone":               `DELETE FROM meta WHERE name <> 'id'`,
	} {
		t.Run(name, func(t *testing.T) {
			tx := sqltx.Open(t, ":memory:")
			_, err := core.Open(tx, rand.Reader)
			require.NoError(t, err)
			tx.Do(t, statement)
			_, err = core.Open(tx, rand.Reader)
			require.ErrorContains(t, err, "restore a backup")
			found, err := core.Inspect(tx)
			require.NoError(t, err)
			require.Len(t, found.Problems, 1)
			require.Zero(t, found.ID)
		})
	}
}
