package main

import (
	"time"

	"go.temporal.io/server/common/dynamicconfig"
)

// unlimited is a rate that one machine does not reach.
const unlimited = 1_000_000

// dynamicConfig makes the server quick to notice changes and never the one to throttle. What is on by default in this
// version and needed by the product (updates, update-with-start, eager start, worker deployments, standalone activities)
// is named all the same: a newer server must not take it away in silence.
func dynamicConfig() dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		// Tests register a namespace each and use it at once; search attributes are registered at run time too.
		dynamicconfig.NamespaceCacheRefreshInterval.Key():           250 * time.Millisecond,
		dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): true,
		dynamicconfig.ForceNexusEndpointRefreshOnRead.Key():         true,
		dynamicconfig.WorkerPerNamespaceWorkerStartRate.Key():       100.0,

		// A version of the workers that nothing is open on any more is known as drained at once, not after minutes.
		dynamicconfig.VersionDrainageStatusVisibilityGracePeriod.Key(): time.Second,
		dynamicconfig.VersionDrainageStatusRefreshInterval.Key():       time.Second,

		dynamicconfig.FrontendEnableUpdateWorkflowExecution.Key():              true,
		dynamicconfig.FrontendEnableUpdateWorkflowExecutionAsyncAccepted.Key(): true,
		dynamicconfig.EnableEagerWorkflowStart.Key():                           true,
		dynamicconfig.EnableActivityEagerExecution.Key():                       true,
		dynamicconfig.EnableDeploymentVersions.Key():                           true,
		dynamicconfig.EnableSendTargetVersionChanged.Key():                     true,
		dynamicconfig.WorkerHeartbeatsEnabled.Key():                            true,
		dynamicconfig.MakeKey("activity.enableStandalone"):                     true,
		dynamicconfig.MatchingUseNewMatcher.Key():                              true,
		dynamicconfig.MatchingEnableFairness.Key():                             true,

		dynamicconfig.FrontendRPS.Key():                                                               unlimited,
		dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():                                        unlimited,
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key():                              unlimited,
		dynamicconfig.FrontendNamespaceReplicationInducingAPIsRPS.Key():                               unlimited,
		dynamicconfig.FrontendMaxNamespaceNamespaceReplicationInducingAPIsRPSPerInstance.Key():        unlimited,
		dynamicconfig.FrontendGlobalNamespaceNamespaceReplicationInducingAPIsRPS.Key():                unlimited,
		dynamicconfig.FrontendGlobalWorkerDeploymentReadRPS.Key():                                     unlimited,
		dynamicconfig.FrontendMaxConcurrentLongRunningRequestsPerInstance.Key():                       unlimited,
		dynamicconfig.FrontendMaxNamespaceNamespaceReplicationInducingAPIsBurstRatioPerInstance.Key(): 10.0,

		dynamicconfig.MatchingRPS.Key():               unlimited,
		dynamicconfig.HistoryRPS.Key():                unlimited,
		dynamicconfig.FrontendPersistenceMaxQPS.Key(): unlimited,
		dynamicconfig.MatchingPersistenceMaxQPS.Key(): unlimited,
		dynamicconfig.HistoryPersistenceMaxQPS.Key():  unlimited,
		dynamicconfig.WorkerPersistenceMaxQPS.Key():   unlimited,
	}
}
