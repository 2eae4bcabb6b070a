// Runs a property on FsCheck's programs, quietly: the report and the page are ours.
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Collections;
using Microsoft.FSharp.Core;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Generation;

/// <summary>FsCheck as the kit uses it: generation and shrinking, nothing printed, nothing swallowed.</summary>
internal static class Trials
{
    /// <summary>
    /// Tries so many programs, of growing size, and shrinks the first that does not hold: FsCheck goes on from what fails, so
    /// the last program that <paramref name="holds"/> answered false to is the smallest. The same seed tries the same programs.
    /// </summary>
    public static void Run(Gen<Program> programs, int count, ulong seed, Func<Program, bool> holds)
    {
        Exception? ours = null;
        var property = Prop.ForAll(Arb.From(programs, Shrinker.Shrink), program =>
        {
            try
            {
                return ours is not null || holds(program);
            }
            catch (Exception e)
            {
                // An exception out of our own code is no verdict on a program.
                ours = e;
                return true;
            }
        });
        var replay = new Replay(new Rnd(seed), FSharpOption<int>.None);
        Check.One(Config.Quick.WithMaxTest(count).WithRunner(new Silent()).WithReplay(FSharpOption<Replay>.Some(replay)), property);
        if (ours is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(ours);
    }

    private sealed class Silent : IRunner
    {
        public void OnStartFixture(Type t)
        {
        }

        public void OnArguments(int ntest, FSharpList<object> args, FSharpFunc<int, FSharpFunc<FSharpList<object>, string>> every)
        {
        }

        public void OnShrink(FSharpList<object> args, FSharpFunc<FSharpList<object>, string> everyShrink)
        {
        }

        public void OnFinished(string name, TestResult result)
        {
        }
    }
}
