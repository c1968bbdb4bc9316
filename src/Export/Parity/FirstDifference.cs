using System.Globalization;
using Toolchain.Export.Recording;
using Toolchain.Graph;
using Toolchain.Graph.Evaluation;
using Toolchain.Graph.Files;
using Toolchain.Graph.Inspection;
using Toolchain.Graph.Passes;

namespace Toolchain.Export.Parity;

/// <summary>Finds the node after which a model first differs: the place to look at, when an output misses.</summary>
static class FirstDifference
{
    // Between two nodes of a net float32 alone is that far off, as a fraction of the largest magnitude.
    const double Noise = 1e-3;

    /// <summary>
    /// The first node whose result a runtime computes otherwise than the float64 evaluator, found by bisection; "" where none does.
    /// </summary>
    public static string OfRuntime(OnnxModel model, ParityRuntime runtime, IReadOnlyDictionary<string, TensorData> inputs)
    {
        OnnxModel all = model.WithAllOutputs();
        (int low, int high) = (0, model.Nodes.Count - 1);
        if (high < 0 || Distance(high) is not double last)
        {
            return "";
        }
        double found = last;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Distance(middle) is double distance)
            {
                (high, found) = (middle, distance);
            }
            else
            {
                low = middle + 1;
            }
        }
        Node node = model.Nodes[high];
        return FormattableString.Invariant(
            $"; it first differs from the float64 evaluator after node '{node.Name}' ({node.Op}), by {found:g3} of the largest");

        double? Distance(int node)
        {
            string name = model.Nodes[node].Outputs[0];
            OnnxModel cut = all.Only(name);
            return Exceeds(Evaluator.Run(cut, inputs)[name], runtime.Run(cut.ToBytes(), inputs)[name]);
        }
    }

    /// <summary>
    /// The first call of the module whose result the model computes otherwise; "" where none does, or where the module takes another way.
    /// </summary>
    public static string OfModule(TracedModule traced, OnnxModel model, IReadOnlyDictionary<string, TensorData> inputs)
    {
        IReadOnlyList<TensorData> arguments = [.. traced.Inputs.Names.Select(name => inputs[name])];
        RecordedRun recording = Recorder.Run(traced.Module, traced.Inputs.Names, traced.Inputs.Arguments(arguments),
            keepsContents: true);
        HashSet<string> made = [.. model.Nodes.SelectMany(node => node.Outputs)];
        IReadOnlyDictionary<string, TensorData>? computed = null;
        foreach (RecordedCall call in recording.Calls.Where(call => call.Follows))
        {
            foreach (int number in call.Results)
            {
                bool isKnown = traced.ValueNames.TryGetValue(number, out string? name) && made.Contains(name)
                    && recording.Values[number].Content is not null;
                computed = isKnown ? computed ?? Evaluator.Run(model.WithAllOutputs(), inputs) : computed;
                if (isKnown && Exceeds(recording.Values[number].Content!, computed![name!]) is double distance)
                {
                    string module = call.Module == "" ? "" : $" of module '{call.Module}'";
                    return $"; it first differs from the module after {call.Entry}{module} (tensor '{name}'), by "
                        + string.Create(CultureInfo.InvariantCulture, $"{distance:g3} of the largest");
                }
            }
        }
        return "";
    }

    // The largest difference as a fraction of the largest magnitude; null where it is no more than float32 explains.
    static double? Exceeds(TensorData wanted, TensorData given)
    {
        if (TensorDifference.Of(wanted, given) is not TensorDifference difference)
        {
            return double.PositiveInfinity;
        }
        double largest = double.IsNaN(difference.Largest) ? double.PositiveInfinity : difference.Largest;
        return largest > Noise * difference.LargestMagnitude ? largest / Math.Max(difference.LargestMagnitude, double.Epsilon) : null;
    }
}
