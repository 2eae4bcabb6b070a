// The library's edges: what its constructor refuses, its defaults, and that neither it nor the model stands on anything but the runtime.
using PerfModel.Implementation;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class SurfaceTests
{
    public static TheoryData<string, PerfEventsOptions> Impossible => new()
    {
        { "Capacity", new PerfEventsOptions { Capacity = 0 } },
        { "Capacity", new PerfEventsOptions { Capacity = int.MinValue } },
        { "Capacity", new PerfEventsOptions { Capacity = PerfEventsOptions.MaxCapacity + 1 } },
        { "Roots", new PerfEventsOptions { Roots = -1 } },
        { "Roots", new PerfEventsOptions { Roots = 5, Tasks = 4 } },
        { "Tasks", new PerfEventsOptions { Tasks = -1 } },
        { "Tasks", new PerfEventsOptions { Tasks = PerfEventsOptions.MaxTasks + 1 } },
        { "Cpus", new PerfEventsOptions { Cpus = -1 } },
        { "Dialect", new PerfEventsOptions { Dialect = (Dialect)3 } },
        { "Dialect", new PerfEventsOptions { Dialect = (Dialect)(-1) } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void A_declaration_that_no_system_can_keep_is_refused_by_name(string name, PerfEventsOptions options)
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new PerfEvents(options));
        Assert.Equal(name, refusal.ParamName);
    }

    [Fact]
    public void No_declaration_at_all_is_refused() => Assert.Throws<ArgumentNullException>(() => new PerfEvents(null!));

    [Fact]
    public void The_least_declaration_is_kept()
    {
        var system = new PerfEvents(new PerfEventsOptions { Capacity = 1, Roots = 0, Tasks = 0, Cpus = 0 });
        Assert.Equal(Errno.ESRCH, system.Open(new EventAttributes(0, EventAttributes.AnyCpu), out _));
        Assert.Equal(Errno.ESRCH, system.Fork(0, 0));
        Assert.Equal(Errno.ESRCH, system.Exit(0));
        Assert.Equal(Errno.EINVAL, system.Open(new EventAttributes(EventAttributes.NoTask, 0), out _));
        Assert.Equal(Errno.EINVAL, system.Open(new EventAttributes(EventAttributes.NoTask, EventAttributes.AnyCpu), out _));
    }

    [Fact]
    public void The_greatest_number_of_task_names_is_kept()
    {
        var system = new PerfEvents(new PerfEventsOptions { Tasks = PerfEventsOptions.MaxTasks });
        Assert.Equal(Errno.EINVAL, system.Fork(0, PerfEventsOptions.MaxTasks));
        Assert.Equal(Errno.None, system.Fork(0, PerfEventsOptions.MaxTasks - 1));
        Assert.Equal(Errno.None, system.Exit(PerfEventsOptions.MaxTasks - 1));
    }

    [Fact]
    public void The_defaults_are_what_their_docs_say()
    {
        var options = new PerfEventsOptions();
        Assert.Equal((Dialect.Patch2011, 65_536, 1, 32_768, Environment.ProcessorCount), (options.Dialect, options.Capacity, options.Roots, options.Tasks, options.Cpus));
    }

    [Fact]
    public void Errnos_have_the_numbers_of_Linux() =>
        Assert.Equal(
            "None 0, ESRCH 3, EBADF 9, EAGAIN 11, EBUSY 16, EEXIST 17, EINVAL 22, EMFILE 24, ENOTTY 25, EOVERFLOW 75, EOPNOTSUPP 95",
            string.Join(", ", Enum.GetValues<Errno>().Order().Select(errno => $"{errno} {(int)errno}")));

    [Fact]
    public void An_instance_prints_as_in_the_spec()
    {
        EventHandle e = new(123);
        EventInstance own = e;
        Assert.Equal(("123", "123@3", "none"), (own.ToString(), e.In(3).ToString(), default(EventInstance).ToString()));
        Assert.Equal((e, null, e, 3), (own.Event, own.Task, e.In(3).Event, e.In(3).Task));
        Assert.NotEqual(own, e.In(0));
        Assert.Equal<EventInstance>(EventHandle.None, default);
    }

    [Theory]
    [InlineData(typeof(PerfEvents))]
    [InlineData(typeof(PerfModel.Model.Step))]
    public void It_stands_on_the_runtime_alone(Type type)
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var references = type.Assembly.GetReferencedAssemblies();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.Equal(runtime, Path.GetDirectoryName(System.Reflection.Assembly.Load(reference).Location)));
    }

    [Theory]
    [InlineData("Model", "Model.csproj")]
    [InlineData("Implementation", "Implementation.csproj")]
    public void Its_project_asks_for_nothing(string room, string project)
    {
        var text = File.ReadAllText(Repository.PathOf(room, project));
        Assert.DoesNotContain("Reference", text, StringComparison.Ordinal);
    }
}
