package peer

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Python gives a Python that has the packages of requirements (the text of a
// requirements.txt), in an environment below dir that is made once per list.
func Python(ctx context.Context, dir, name, requirements string) (string, error) {
	env := filepath.Join(dir, fmt.Sprintf("%s-%x", name, sha256.Sum256([]byte(requirements)))[:len(name)+13])
	python, whole := filepath.Join(env, "bin", "python"), filepath.Join(env, "whole")
	if _, err := os.Stat(whole); err == nil {
		return python, nil
	}
	fmt.Fprintf(os.Stderr, "installing Python packages into %s\n", env)
	list := filepath.Join(env, "requirements.txt")
	if err := run(ctx, "python3", "-m", "venv", "--clear", env); err != nil {
		return "", err
	}
	if err := os.WriteFile(list, []byte(requirements), 0o644); err != nil {
		return "", err
	}
	if err := run(ctx, python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", list); err != nil {
		return "", err
	}
	return python, os.WriteFile(whole, nil, 0o644)
}

func run(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(args[0]), err)
	}
	return nil
}
