// The statements of the posted patch, and of its base kernel where the patch depends on it: where an actor can stand.
namespace PerfModel.Model.Posted;

/// <summary>A statement. An actor that stands nowhere is idle; the first statement of a call is also its begin.</summary>
internal enum At : byte
{
    /// <summary>Nowhere.</summary>
    Idle,

    /// <summary>perf_event_open.</summary>
    Open,

    /// <summary>perf_event_set_starter, perf_event_set_stopper: up to the cmpxchg.</summary>
    Claim,

    /// <summary>The same: list_add_rcu.</summary>
    Add,

    /// <summary>The same: the store of the handler, and mutex_unlock.</summary>
    SetHandler,

    /// <summary>close.</summary>
    Close,

    /// <summary>perf_event_release_kernel: off the PMU and out of its context, and the load of its slots.</summary>
    Release,

    /// <summary>The same: list_del_rcu under the mutex of the trigger.</summary>
    Unlink,

    /// <summary>The same, if it is mended: the event's own lists.</summary>
    Detach,

    /// <summary>free_event: call_rcu.</summary>
    Free,

    /// <summary>free_event_rcu: kfree.</summary>
    GracePeriod,

    /// <summary>event_sched_in: the state.</summary>
    SchedIn,

    /// <summary>The same: the test of paused.</summary>
    ReadPaused,

    /// <summary>The same: pmu->add.</summary>
    PmuAdd,

    /// <summary>event_sched_out: the state.</summary>
    SchedOut,

    /// <summary>The same: pmu->del.</summary>
    PmuDel,

    /// <summary>__perf_event_enable, in a cross-call.</summary>
    Enable,

    /// <summary>__perf_event_disable, in a cross-call.</summary>
    Disable,

    /// <summary>perf_ctx_adjust_freq, in the tick: the end of a throttle.</summary>
    Unthrottle,

    /// <summary>The same: pmu->start.</summary>
    UnthrottleStart,

    /// <summary>perf_adjust_period, in the tick: pmu->stop.</summary>
    AdjustStop,

    /// <summary>The same: pmu->start.</summary>
    AdjustStart,

    /// <summary>__perf_event_overflow of an event that overflows too often.</summary>
    Throttle,

    /// <summary>perf_event_pause_resume: its begin.</summary>
    Overflow,

    /// <summary>The same: the test of iter->state.</summary>
    TestState,

    /// <summary>The same: the test of iter->paused.</summary>
    TestPaused,

    /// <summary>The same: pmu->start or pmu->stop.</summary>
    CallPmu,

    /// <summary>The same: the store of iter->paused.</summary>
    StorePaused,

    /// <summary>The same: its end.</summary>
    Output,

    /// <summary>perf_event_init_task: inherit_event.</summary>
    Inherit,

    /// <summary>The same: perf_event_inherit_triggers, the load of a slot.</summary>
    InheritLoad,

    /// <summary>perf_event_inherit_starter, perf_event_inherit_stopper.</summary>
    InheritLink,

    /// <summary>perf_event_exit_task_context: off the PMU.</summary>
    Exit,

    /// <summary>The same: __perf_event_exit_task.</summary>
    ExitEvent,
}
