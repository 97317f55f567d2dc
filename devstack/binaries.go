package devstack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// EnvPostgresBin names the folder of initdb and postgres.
const EnvPostgresBin = "USM_PG_BIN"

// oldestPostgres is the first version that has everything the store relies on.
const oldestPostgres = 15

// ErrNoPostgres says that no usable binaries were found and what to do about it.
var ErrNoPostgres = errors.New("no PostgreSQL 15 or newer found: run `make postgres`, install it (Debian: postgresql, " +
	"Homebrew: postgresql@18), name its folder of binaries in " + EnvPostgresBin + ", or a running server in " + EnvDatabaseURL)

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// findPostgres gives the folder of the first binaries new enough and, when made names the major version of an existing
// cluster, of exactly that version: a cluster is not served by another.
func findPostgres(made string) (string, error) {
	var seen []string
	for _, dir := range postgresFolders() {
		major := postgresVersion(dir)
		if major < oldestPostgres {
			continue
		}
		if made == "" || strconv.Itoa(major) == made {
			return dir, nil
		}
		seen = append(seen, fmt.Sprintf("%s has %d", dir, major))
	}
	if len(seen) > 0 {
		return "", fmt.Errorf("the data was made by PostgreSQL %s, and %s: install %s or start anew with `make dev-reset`",
			made, strings.Join(seen, ", "), made)
	}
	return "", ErrNoPostgres
}

// postgresFolders lists where to look, in order, without duplicates.
func postgresFolders() []string {
	var dirs []string
	if dir := os.Getenv(EnvPostgresBin); dir != "" {
		dirs = append(dirs, dir)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	} {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		slices.SortFunc(found, func(a, b string) int { return cmp.Compare(postgresVersion(b), postgresVersion(a)) })
		dirs = append(dirs, found...)
	}
	dirs = append(dirs, "/usr/local/lib/usm/postgres/bin") // where tools/postgres.sh puts a fetched one as root
	if bin := builtPrograms(); bin != "" {
		dirs = append(dirs, filepath.Join(bin, "postgres", "bin"))
	}
	for i, dir := range dirs {
		// Distributions link single binaries into PATH; initdb and the shared files are where the link leads.
		if target, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres")); err == nil {
			dirs[i] = filepath.Dir(target)
		}
	}
	var distinct []string
	for _, dir := range dirs {
		if !slices.Contains(distinct, dir) {
			distinct = append(distinct, dir)
		}
	}
	return distinct
}

// postgresVersion is the major version of the binaries in dir, 0 when they are absent or do not run.
func postgresVersion(dir string) int {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return 0
	}
	major, _ := strconv.Atoi(string(match[1])) // the pattern has digits only
	return major
}

// builtPrograms is the nearest .usm/bin at or above the working directory, where make puts what it builds and fetches;
// empty when there is none.
func builtPrograms() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		bin := filepath.Join(dir, ".usm", "bin")
		if info, err := os.Stat(bin); err == nil && info.IsDir() {
			return bin
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// postgresUser is whom Postgres runs as: ourselves (nil), or as root, which it refuses, postgres or nobody.
func postgresUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // no credential is how os/exec says ourselves
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(found.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(found.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("Postgres refuses to run as root, and there is neither a user postgres nor nobody: run as another user")
}

func (c *cluster) uid() uint32 {
	if c.as == nil {
		return uint32(os.Geteuid())
	}
	return c.as.Uid
}

// own gives a folder to the Postgres user.
func (c *cluster) own(dir string, mode os.FileMode) error {
	if c.as == nil {
		return os.Chmod(dir, mode)
	}
	return errors.Join(os.Chown(dir, int(c.as.Uid), int(c.as.Gid)), os.Chmod(dir, mode))
}

// reachable reports whether the Postgres user can pass through every folder above dir.
func (c *cluster) reachable(dir string) bool {
	if c.as == nil {
		return true
	}
	for parent := filepath.Dir(dir); ; parent = filepath.Dir(parent) {
		info, err := os.Stat(parent)
		if err != nil {
			return false
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		owned := ok && stat.Uid == c.as.Uid && info.Mode().Perm()&0o100 != 0
		grouped := ok && stat.Gid == c.as.Gid && info.Mode().Perm()&0o010 != 0
		if !owned && !grouped && info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if parent == filepath.Dir(parent) {
			return true
		}
	}
}
