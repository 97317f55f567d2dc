package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/common/testing/freeport"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	clusterName = "active"

	// historyShards is fixed for the life of a file: every execution is stored under its shard's number.
	historyShards = 1

	// retention keeps closed executions long enough to look at last week's work.
	retention = 7 * 24 * time.Hour
)

// staticHosts are the one host of each service; with them there is no gossip and no membership port.
type staticHosts map[primitives.ServiceName]static.Hosts

// serverConfig gives the server's configuration: every service in this process, the frontend on its address, the
// others on free loopback ports.
func serverConfig(opts options) (*config.Config, staticHosts, error) {
	hosts := staticHosts{}
	services := map[string]config.Service{}
	for _, service := range temporal.DefaultServices {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(freeport.MustGetFreePort()))
		if service == string(primitives.FrontendService) {
			address = opts.address
		}
		rpc, err := rpcConfig(address)
		if err != nil {
			return nil, nil, err
		}
		if service == string(primitives.FrontendService) {
			rpc.HTTPPort = freeport.MustGetFreePort() // Nexus endpoints need it, and without one each start is a warning
		}
		services[service] = config.Service{RPC: rpc}
		hosts[primitives.ServiceName(service)] = static.Hosts{All: []string{address}, Self: address}
	}
	return &config.Config{
		Global:      config.Global{Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: "127.0.0.1"}},
		Persistence: persistenceConfig(opts.file),
		Services:    services,
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: opts.address},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchival{State: config.ArchivalDisabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: config.ArchivalDisabled},
		}},
		PublicClient: config.PublicClient{HostPort: opts.address},
	}, hosts, nil
}

func rpcConfig(address string) (config.RPC, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return config.RPC{}, err
	}
	ip, err := net.ResolveIPAddr("ip", host)
	if err != nil {
		return config.RPC{}, fmt.Errorf("--address: %w", err)
	}
	number, err := strconv.Atoi(port)
	if err != nil || number == 0 {
		return config.RPC{}, fmt.Errorf("--address: %q is not a port to listen on", port)
	}
	return config.RPC{GRPCPort: number, BindOnIP: ip.String()}, nil
}

// persistenceConfig stores everything in one file. synchronous=full makes an acknowledged step survive a power cut and
// was measured to cost nothing against normal, because the write-ahead log is synced once for each transaction.
func persistenceConfig(file string) config.Persistence {
	return config.Persistence{
		DefaultStore:     sqlite.PluginName,
		VisibilityStore:  sqlite.PluginName,
		NumHistoryShards: historyShards,
		DataStores: map[string]config.DataStore{sqlite.PluginName: {SQL: &config.SQL{
			PluginName:   sqlite.PluginName,
			DatabaseName: file,
			ConnectAttributes: map[string]string{
				"mode": "rwc", "journal_mode": "wal", "synchronous": "full", "busy_timeout": "10000",
			},
		}}},
	}
}

// prepareFile sets up the schema when the file is absent and creates the namespaces that are.
func prepareFile(cfg *config.Config, opts options) error {
	if _, err := os.Stat(opts.file); os.IsNotExist(err) {
		if err = createFile(opts.file); err != nil {
			return err
		}
	} else if err != nil {
		return fmt.Errorf("--db: %w", err)
	}
	namespaces := make([]*sqliteschema.NamespaceConfig, 0, len(opts.namespaces))
	for _, name := range opts.namespaces {
		namespace, err := sqliteschema.NewNamespaceConfig(clusterName, name, false, nil)
		if err != nil {
			return fmt.Errorf("namespace %q: %w", name, err)
		}
		namespace.Detail.Config.Retention = durationpb.New(retention)
		namespaces = append(namespaces, namespace)
	}
	sql := cfg.Persistence.DataStores[sqlite.PluginName].SQL
	if err := sqliteschema.CreateNamespaces(sql, namespaces...); err != nil {
		return fmt.Errorf("create namespaces: %w", err)
	}
	return nil
}

// createFile sets the schema up under another name first, so that a process killed half way leaves no file that looks
// finished.
func createFile(file string) error {
	unfinished := file + ".new"
	for _, left := range []string{unfinished, unfinished + "-journal"} {
		if err := os.Remove(left); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("--db: %w", err)
		}
	}
	err := sqliteschema.SetupSchema(&config.SQL{
		PluginName: sqlite.PluginName, DatabaseName: unfinished,
		// Nothing of a file that is thrown away after a crash needs to be synced statement by statement.
		ConnectAttributes: map[string]string{"mode": "rwc", "journal_mode": "delete", "synchronous": "off"},
	})
	if err != nil {
		return fmt.Errorf("set up the schema: %w", err)
	}
	if err = syncFile(unfinished); err != nil {
		return err
	}
	if err = os.Rename(unfinished, file); err != nil {
		return fmt.Errorf("--db: %w", err)
	}
	return nil
}

func syncFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("--db: %w", err)
	}
	defer func() { _ = file.Close() }()
	if err = file.Sync(); err != nil {
		return fmt.Errorf("--db: %w", err)
	}
	return nil
}

// newServer assembles the server. Nobody is refused: it listens on loopback, for one developer.
func newServer(cfg *config.Config, hosts staticHosts, logger log.Logger) (temporal.Server, error) {
	return temporal.NewServer(
		temporal.WithConfig(cfg),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(logger),
		temporal.WithDynamicConfigClient(dynamicConfig()),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
	)
}

// uiConfig is the UI's configuration; it fetches nothing from elsewhere.
func uiConfig(opts options) *uiconfig.Config {
	host, port, _ := net.SplitHostPort(opts.uiAddress) // checked with the options
	number, _ := strconv.Atoi(port)
	return &uiconfig.Config{
		TemporalGRPCAddress: opts.address,
		Host:                host,
		Port:                number,
		EnableUI:            true,
		DefaultNamespace:    opts.namespaces[0],
		DisableNewsFetch:    true,
		HideLogs:            true,
		CORS:                uiconfig.CORS{CookieInsecure: true},
	}
}
