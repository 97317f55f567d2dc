package devstack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// FallbackRoot keeps the clusters whose chosen folder the Postgres user cannot reach, such as one under /root.
const FallbackRoot = "/var/lib/usm-dev"

// socketLimit is what the kernel leaves for a socket's folder: 107 bytes less the name of the socket.
const socketLimit = 107 - len("/.s.PGSQL.65535")

// usualPort is in the name of the socket of a server that listens there alone.
const usualPort = "5432"

// cluster is a data folder and everything needed to serve it.
type cluster struct {
	bin     string              // folder of initdb and postgres
	data    string              // folder of the cluster
	socket  string              // folder of the socket
	host    string              // "" listens at the socket alone
	port    string              // part of the name of the socket
	as      *syscall.Credential // nil: as ourselves
	durable bool
	log     io.Writer
}

// openCluster finds binaries, user and folders, and makes the cluster when there is none.
func openCluster(ctx context.Context, o PostgresOptions) (*cluster, error) {
	c := &cluster{durable: o.Durable, log: logTo(o.Log), port: usualPort}
	var err error
	if o.Address != "" {
		if c.host, c.port, err = net.SplitHostPort(o.Address); err != nil {
			return nil, err
		}
	}
	if c.as, err = postgresUser(); err != nil {
		return nil, err
	}
	home, err := c.home(o.Dir)
	if err != nil {
		return nil, err
	}
	c.data = filepath.Join(home, "data")
	if c.socket, err = c.socketFolder(); err != nil {
		return nil, err
	}
	if c.bin, err = findPostgres(c.version()); err != nil {
		return nil, err
	}
	if c.version() == "" {
		err = c.create(ctx, home)
	}
	return c, err
}

// home is dir when the Postgres user can reach it, else a folder under FallbackRoot that is always the same for dir.
func (c *cluster) home(dir string) (string, error) {
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	if c.as == nil {
		return dir, nil
	}
	if c.reachable(dir) {
		return dir, c.own(dir, 0o755)
	}
	other := filepath.Join(FallbackRoot, shortHash(dir))
	if err = os.MkdirAll(other, 0o755); err != nil { //nolint:gosec // the Postgres user must be able to pass through
		return "", fmt.Errorf("%s cannot be reached by the user that Postgres runs as, and neither %w", dir, err)
	}
	if !c.reachable(other) {
		return "", fmt.Errorf("neither %s nor %s can be reached by the user that Postgres runs as", dir, FallbackRoot)
	}
	fmt.Fprintf(c.log, "%s cannot be reached by the user that Postgres runs as: its data is in %s\n", dir, other)
	if err = os.WriteFile(filepath.Join(dir, "elsewhere"), []byte(other+"\n"), 0o600); err != nil {
		return "", err
	}
	return other, c.own(other, 0o755)
}

// socketFolder gives a short folder that only the Postgres user and root can enter. Its name comes from the data folder,
// so that a second program can find the server by looking at the same folder.
func (c *cluster) socketFolder() (string, error) {
	dir := filepath.Join(os.TempDir(), "usm-pg-"+shortHash(c.data))
	if len(dir) > socketLimit || !c.reachable(os.TempDir()) {
		dir = filepath.Join("/tmp", filepath.Base(dir))
	}
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		return dir, c.own(dir, 0o700)
	}
	if !errors.Is(err, os.ErrExist) {
		return "", err
	}
	// Anybody could have made it: a folder that is not ours would let its owner read what we send.
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || info.Mode().Perm() != 0o700 || stat.Uid != c.uid() {
		return "", fmt.Errorf("%s exists and is not a private folder of the Postgres user: remove it", dir)
	}
	return dir, nil
}

// create makes a cluster under another name first, so that a start killed half way leaves nothing that looks finished.
func (c *cluster) create(ctx context.Context, home string) error {
	unfinished := *c
	unfinished.data = filepath.Join(home, "data.new")
	if err := os.RemoveAll(unfinished.data); err != nil {
		return err
	}
	if err := os.Mkdir(unfinished.data, 0o700); err != nil {
		return err
	}
	if err := c.own(unfinished.data, 0o700); err != nil {
		return err
	}
	args := []string{
		"-D", unfinished.data, "-U", superuser, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
	}
	if !c.durable {
		args = append(args, "--no-sync")
	}
	if err := run(ctx, "initdb", c.tool("initdb", args...), c.log, c.as); err != nil {
		return err
	}
	// Single-user mode needs no client library, of which this package has none.
	single := c.tool("postgres", "--single", "-D", unfinished.data, "-c", "log_checkpoints=off", "postgres")
	single.Stdin = strings.NewReader("CREATE DATABASE " + Database + "\n")
	if err := run(ctx, "create database", single, io.Discard, c.as); err != nil {
		return err
	}
	return os.Rename(unfinished.data, c.data)
}

// version is the major version the cluster was made with, empty when there is none.
func (c *cluster) version() string {
	content, err := os.ReadFile(filepath.Join(c.data, "PG_VERSION"))
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(content))
}

// pidFile reads the server's lock file; 0 when there is none.
func (c *cluster) pidFile() (pid int, lines []string) {
	content, err := os.ReadFile(filepath.Join(c.data, "postmaster.pid"))
	if err != nil {
		return 0, nil
	}
	lines = strings.Split(string(content), "\n")
	pid, _ = strconv.Atoi(strings.TrimSpace(lines[0]))
	return pid, lines
}

// stopLeftover ends a server whose parent was killed and waits until it is gone. We hold the folder's lock, so no living
// process of ours wants it.
func (c *cluster) stopLeftover(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, takeoverTimeout)
	defer cancel()
	asked := false
	err := until(ctx, func() (bool, error) {
		pid, _ := c.pidFile()
		if pid <= 0 {
			return true, nil
		}
		if !running(pid) || !isPostgres(pid) {
			return c.clear()
		}
		if !asked {
			asked = true
			return false, syscall.Kill(pid, syscall.SIGINT)
		}
		return false, nil
	})
	if err != nil {
		return fmt.Errorf("an earlier server on %s does not stop: %w", c.data, err)
	}
	return nil
}

// clear waits for what an ended server left running and removes its lock files. Postgres would refuse to start because of
// them when the number in them exists: it belongs to another program by now, or nobody collected the ended server.
func (c *cluster) clear() (done bool, err error) {
	if worksIn(c.data) {
		return false, nil
	}
	for _, file := range []string{filepath.Join(c.data, "postmaster.pid"), filepath.Join(c.socket, ".s.PGSQL."+c.port+".lock")} {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return true, err
		}
	}
	return true, nil
}

// shortHash names a path in eight characters.
func shortHash(path string) string {
	sum := sha256.Sum256([]byte(path))
	return fmt.Sprintf("%x", sum[:4])
}
