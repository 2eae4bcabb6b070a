using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Text;
using PerfModel.Model;
#pragma warning disable CS1591
namespace PerfModel.Conformance.Histories;
public static class FailurePage {
 public static string Of(Mismatch m, Dialect d, string? title) => $"{title}\n{string.Join("\n", m.Done)}\n{m.Operation} expected {m.Expected} seen {m.Seen} rules {m.Rules}\n{m.Before}";
 public static string Of(Document saved, Dialect d, Judgement j) => $"{saved}\n{j}";
 public static string OfCrash(Document saved, Dialect d, string kind, string message) => $"{saved}\n{kind} {message}";
}
