package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience is how long a server may take to start or to answer.
const patience = 30 * time.Second

// process is a server that was started for a measurement.
type process struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser // open for as long as this process lives; may be nil
	addr  string         // host:port
	out   *tail
}

// tail keeps the last of what a process printed, for errors.
type tail struct{ last []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.last = append(t.last, p...)
	if extra := len(t.last) - 2000; extra > 0 {
		t.last = append([]byte(nil), t.last[extra:]...)
	}
	return len(p), nil
}

// freeAddr names a port that is free now, for servers that cannot be asked
// for any.
func freeAddr() (addr, port string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", fmt.Errorf("couldn't find a free port: %w", err)
	}
	defer l.Close()
	_, port, err = net.SplitHostPort(l.Addr().String())
	return l.Addr().String(), port, err
}

// launch starts a server and waits until addr takes connections.
func launch(ctx context.Context, addr, name string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(name, args...), addr: addr, out: new(tail)}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("couldn't start %s: %w", name, err)
	}
	for deadline := time.Now().Add(patience); ; {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			return p, c.Close()
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			p.stop()
			return nil, fmt.Errorf("couldn't reach %s: %s", name, p.out.last)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// launchSelf starts this program as a server, which prints its address.
func launchSelf(kind, dir string, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("couldn't find this program: %w", err)
	}
	p := &process{cmd: exec.Command(self, append([]string{"-serve", kind, "-dir", dir}, args...)...), out: new(tail)}
	p.cmd.Stderr = p.out
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("couldn't start a %s: %w", kind, err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("couldn't start a %s: %w", kind, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("couldn't start a %s: %w", kind, err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("couldn't start a %s: %s", kind, p.out.last)
	}
	p.addr = strings.TrimSpace(line)
	return p, nil
}

// stop ends the server and waits for it.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	_ = p.cmd.Wait() // says how it was ended
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// cpu is the processor time that the process has used, to 10 ms.
func (p *process) cpu() time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond // clock ticks of Linux
}

// resident is the process's memory in bytes.
func (p *process) resident() float64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kb * 1024
		}
	}
	return 0
}

func machine() string {
	return fmt.Sprintf("%d cores, %s", runtime.NumCPU(), runtime.Version())
}

// wantedFiles is how many descriptors 10,000 sockets need with room to spare.
const wantedFiles = 20_000

// raiseFileLimit lets this process open as many files as it may, and returns
// how many that are.
func raiseFileLimit() (uint64, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, fmt.Errorf("couldn't read the limit of open files: %w", err)
	}
	if limit.Cur >= wantedFiles {
		return limit.Cur, nil
	}
	raised := syscall.Rlimit{Cur: wantedFiles, Max: max(limit.Max, wantedFiles)}
	err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &raised)
	if errors.Is(err, syscall.EPERM) { // only root may go beyond Max
		raised = syscall.Rlimit{Cur: limit.Max, Max: limit.Max}
		err = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &raised)
	}
	if err != nil {
		return 0, fmt.Errorf("couldn't raise the limit of open files: %w", err)
	}
	return raised.Cur, nil
}

// closeAll closes what measurements leave open.
func closeAll[T io.Closer](list []T) {
	for _, c := range list {
		_ = c.Close()
	}
}
