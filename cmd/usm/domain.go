package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/usm-works/usm/domains"
	"github.com/usm-works/usm/usm"
)

func (a *app) domainCommand() *cobra.Command {
	return group("domain", "Departments as files: show differences, apply, export",
		a.domainPlanCommand(), a.domainApplyCommand(), a.domainExportCommand(), a.domainSchemaCommand())
}

// domainFile reads and checks a domain file with the files that it names, so that mistakes name its lines; the gateway
// checks it again. What is sent stands on its own: a file that names others is written out anew with their content.
func (a *app) domainFile(path string) (domain usm.Domain, source []byte, err error) {
	if source, err = a.file(path); err != nil {
		return usm.Domain{}, nil, err
	}
	folder := filepath.Dir(path)
	if path == "-" {
		folder = a.dir
	}
	if domain, err = domains.ParseIn(os.DirFS(folder), path, source); err != nil {
		return usm.Domain{}, nil, err
	}
	if _, alone := domains.Parse(path, source); alone != nil {
		source, err = domains.Marshal(domain)
	}
	return domain, source, err
}

func (a *app) domainPlanCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "plan FILE",
		Short: "Show what applying a domain file would change, and change nothing",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			domain, source, err := a.domainFile(args[0])
			if err != nil {
				return err
			}
			s, err := a.session()
			if err != nil {
				return err
			}
			plan, err := s.PlanDomain(cmd.Context(), domain.ID, source)
			if err != nil {
				return err
			}
			return a.print(plan, func() {
				if !plan.Changed {
					fmt.Fprintf(a.out, "%s: nothing would change\n", domain.ID)
				} else {
					fmt.Fprintf(a.out, "%s: would become version %d\n", domain.ID, plan.Version)
				}
				for _, line := range plan.Changes {
					fmt.Fprintln(a.out, " ", a.difference(line))
				}
				a.notApplied(plan.NotApplied)
			})
		},
	})
}

// difference colours a line of a plan by what it begins with.
func (a *app) difference(line string) string {
	switch {
	case strings.HasPrefix(line, "add"), strings.HasPrefix(line, "+"):
		return a.paint(line, green)
	case strings.HasPrefix(line, "remove"), strings.HasPrefix(line, "-"):
		return a.paint(line, red)
	}
	return a.paint(line, yellow)
}

func (a *app) notApplied(lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintln(a.out, "left alone, for only a change or a wish may alter them:")
	for _, line := range lines {
		fmt.Fprintln(a.out, " ", a.faint(line))
	}
}

func (a *app) domainApplyCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "apply FILE",
		Short: "Apply a domain file as a new version, in one transaction",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			domain, source, err := a.domainFile(args[0])
			if err != nil {
				return err
			}
			s, err := a.session()
			if err != nil {
				return err
			}
			result, err := s.ApplyDomain(cmd.Context(), domain.ID, source)
			if err != nil {
				return err
			}
			return a.print(result, func() {
				if result.Changed {
					fmt.Fprintf(a.out, "%s: version %d is in force for new calls\n", domain.ID, result.Version)
				} else {
					fmt.Fprintf(a.out, "%s: nothing changed, version %d stays in force\n", domain.ID, result.Version)
				}
				a.notApplied(result.NotApplied)
			})
		},
	})
}

func (a *app) domainExportCommand() *cobra.Command {
	return a.api(&cobra.Command{
		Use:   "export ID",
		Short: "Write a domain as the file that it would be; with --json as JSON",
		Args:  arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.session()
			if err != nil {
				return err
			}
			if a.json {
				domain, err := s.Domain(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				return a.print(domain, nil)
			}
			file, err := s.DomainFile(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			_, err = a.out.Write(file)
			return err
		},
	})
}

func (a *app) domainSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Write the JSON Schema of a domain file",
		Args:  arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			a.json = true
			return a.print(domains.Schema(), nil)
		},
	}
}
