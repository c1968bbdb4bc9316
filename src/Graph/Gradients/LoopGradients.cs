using Toolchain.Graph.Building;

namespace Toolchain.Graph.Gradients;

/// <summary>
/// Backpropagation through time (Werbos 1990, "Backpropagation through time: what it does and how to do it"). The loop runs again and
/// collects the state before each iteration; a second loop goes through the iterations from the last to the first, builds each anew and
/// sweeps it backwards. A state must keep its sizes.
/// </summary>
static class LoopGradients
{
    public static IEnumerable<GradientRule> All => [new("Loop", scope => new Pass(scope).Build())];

    sealed class Pass(GradientScope scope)
    {
        readonly GraphBuilder graph = scope.Graph;
        readonly OnnxModel body = (OnnxModel)scope.Attributes["body"];
        readonly Value[] initial = [.. Enumerable.Range(2, scope.InputCount - 2).Select(i => scope[i].Value)];
        readonly string[] captured = [.. Subgraphs.Captured((OnnxModel)scope.Attributes["body"])
            .Where(name => scope.Active.Contains(name) && scope.Graph.Find(name).Type.Element.IsFloat()).Order(StringComparer.Ordinal)];
        int[] carrying = []; // numbers of the states that carry a gradient
        string[] added = []; // captured tensors whose gradients add up from iteration to iteration

        public IReadOnlyList<Value?> Build()
        {
            Value[] before = Before(out Value iterations);
            Value count = graph.Apply("Size", [iterations]), last = graph.Sub(count, Scalar(graph, 1, ElementType.Int64));
            var rows = new List<RowRead>();
            Value[] start = [.. carrying.Select(state => scope.Given(state)?.Value ?? graph.ZerosLike(initial[state])),
                .. added.Select(name => graph.ZerosLike(graph.Find(name)))];
            Value[] results = graph.Loop(count, start, (inner, i, gradients) => Step(inner, inner.Sub(last, i), before, gradients, rows));
            foreach ((string name, Value gradient) in added.Zip(results.Skip(carrying.Length)))
            {
                scope.Captured[name] = graph.Refine(gradient, graph.Find(name).Shape);
            }
            for (int i = 0; i < rows.Count; i++)
            {
                Add(rows[i], results[start.Length + 2 * i], results[start.Length + 2 * i + 1]);
            }
            var of = carrying.Zip(results).ToDictionary(pair => pair.First, pair => pair.Second);
            return [null, null, .. initial.Select((_, state) => of.GetValueOrDefault(state))];
        }

        // Gradients of rows, each from an iteration of its own, in the places of the rows.
        void Add(RowRead row, Value places, Value gradients)
        {
            Value tensor = graph.Find(row.Tensor);
            Value sum = graph.Apply("ScatterND", [graph.ZerosLike(tensor), graph.Unsqueeze(places, 1), gradients],
                row.IsOnce ? new Attributes() : new Attributes { ["reduction"] = "add" });
            scope.Captured[row.Tensor] = scope.Captured.TryGetValue(row.Tensor, out Value? other) ? graph.Add(other, sum) : sum;
        }

        // The loop again: all states before each iteration [iterations, ...].
        Value[] Before(out Value iterations)
        {
            Value[] results = graph.Loop(scope.Optional(0)?.Value, scope.Optional(1)?.Value, initial, (inner, iteration, goOn, carried) =>
            {
                int first = inner.Nodes.Count;
                Value[] made = Inline(inner, iteration, goOn, carried);
                Node[] nodes = [.. inner.Nodes.Skip(first)];
                carrying = Carrying(inner, nodes, carried, made);
                added = [.. captured.Where(name => made.Any(value => value.Name == name)
                    || nodes.Any(node => Subgraphs.Reads(node).Contains(name) && !IsRow(inner, node, iteration.Name)))];
                return (made[0], new LoopStep(made[1..(1 + initial.Length)], [.. carried, iteration]));
            });
            iterations = results[^1];
            return results[initial.Length..^1];
        }

        // A state carries a gradient where it begins with one, or an iteration makes it of something that does.
        int[] Carrying(GraphBuilder inner, Node[] nodes, IReadOnlyList<Value> carried, Value[] made)
        {
            HashSet<int> states = [.. Enumerable.Range(0, initial.Length).Where(state => scope.Wants(state + 2))];
            for (int known = -1; known < states.Count;)
            {
                known = states.Count;
                HashSet<string> reached = ActiveNames.Of(inner, nodes, captured.Concat(states.Select(state => carried[state].Name)), []);
                states.UnionWith(Enumerable.Range(0, initial.Length).Where(state => reached.Contains(made[state + 1].Name)));
            }
            return [.. states.Where(state => initial[state].Type.Element.IsFloat()).Order()];
        }

        LoopStep Step(GraphBuilder inner, Value time, Value[] before, IReadOnlyList<Value> gradients, List<RowRead> rows)
        {
            Value[] states = [.. before.Zip(initial, (all, first) => inner.Refine(inner.Apply("Gather", [all, time]), first.Shape))];
            int start = inner.Nodes.Count;
            Value[] made = Inline(inner, time, Scalar(inner, 1, ElementType.Bool), states);
            Node[] nodes = [.. inner.Nodes.Skip(start)];
            Node[] reads = [.. nodes.Where(node => IsRow(inner, node, time.Name))];
            IEnumerable<(string, Value)> seeds = [.. carrying.Select((state, i) => (made[state + 1].Name, gradients[i])),
                .. Enumerable.Range(initial.Length, made.Length - 1 - initial.Length).Where(i => scope.Given(i) is not null)
                    .Select(i => (made[i + 1].Name, inner.Apply("Gather", [scope.Given(i)!.Value.Value, time])))];
            Dictionary<string, Value> found = ReverseSweep.Run(inner, [.. nodes.Except(reads)], seeds,
                [.. carrying.Select(state => states[state].Name), .. added, .. reads.Select(node => node.Outputs[0])]);
            Value Of(string name) => found.GetValueOrDefault(name) ?? inner.ZerosLike(inner.Find(name));
            rows.AddRange(reads.Select(node => new RowRead(node.Inputs[0], node.Inputs[1] == time.Name)));
            return new LoopStep([.. carrying.Select(state => Of(states[state].Name)),
                .. added.Select((name, i) => found.TryGetValue(name, out Value? more) ? inner.Add(gradients[carrying.Length + i], more)
                    : gradients[carrying.Length + i])],
                [.. reads.SelectMany(node => new[] { Place(node), Of(node.Outputs[0]) })]);

            Value Place(Node read) => inner.FromStart(inner.Find(read.Inputs[1]), graph.Find(read.Inputs[0]), 0);
        }

        /// <param name="Tensor">Name of a captured tensor of which an iteration reads one row.</param>
        /// <param name="IsOnce">Whether each iteration reads another one.</param>
        readonly record struct RowRead(string Tensor, bool IsOnce);

        // Whether a node reads one row of a captured tensor: its gradient is collected, which costs less than to add up whole tensors.
        bool IsRow(GraphBuilder inner, Node node, string iteration) => node.Op == "Gather" && captured.Contains(node.Inputs[0])
            && node.Attributes.Int("axis", 0) == 0 && inner.Find(node.Inputs[1]).Shape.Count == 0
            && (node.Inputs[1] == iteration || graph.Opset >= IndexingGradients.AddingScatter);

        // A condition and a number may have one axis or none.
        static Value As(GraphBuilder inner, Value single, Value taken) =>
            taken.Shape.Count > single.Shape.Count ? inner.Unsqueeze(single, 0) : single;

        Value[] Inline(GraphBuilder inner, Value iteration, Value goOn, IEnumerable<Value> states) =>
            inner.InlineBody(body, [As(inner, iteration, body.Inputs[0]), As(inner, goOn, body.Inputs[1]), .. states]);

        static Value Scalar(GraphBuilder graph, double value, ElementType type) => graph.Constant(TensorData.Scalar(value, type));
    }
}
