using Toolchain.Graph.Checking;

namespace Toolchain.Graph.Quantization;

/// <summary>What of a graph can be computed in 8 bits: the products with constant weights, and the tensors between them.</summary>
sealed class QuantizedParts
{
    // They move elements, or choose among them: what goes in at one scale comes out at the same.
    static readonly HashSet<string> moving = ["MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze"];

    // A last product with a smaller share of all weights stays in float32: nothing after it makes up for what rounding loses.
    const double SmallShare = .1;

    readonly OnnxModel model;
    readonly Dictionary<string, Node> makers = [];
    readonly Dictionary<string, TensorData> weights;
    readonly IReadOnlyDictionary<string, TensorType> types;
    readonly Dictionary<string, string> roots = [];
    readonly HashSet<string> outputs;

    public QuantizedParts(OnnxModel model)
    {
        this.model = model;
        types = GraphChecker.Check(model);
        weights = model.Initializers.ToDictionary(pair => pair.Key, pair => pair.Value);
        outputs = [.. model.Outputs.Select(output => output.Name)];
        foreach (Node node in model.Nodes)
        {
            node.Outputs.Where(name => name != "").ToList().ForEach(name => makers[name] = node);
        }
        Node[] candidates = [.. model.Nodes.Where(IsProduct)];
        double all = candidates.Sum(node => weights[node.Inputs[1]].Count);
        HashSet<string> before = Before(candidates);
        Products = [.. candidates.Where(node => before.Contains(node.Outputs[0]) || weights[node.Inputs[1]].Count > SmallShare * all)];
        before = Before(Products);
        foreach (Node product in Products)
        {
            Add(product.Inputs[0]);
            // What a runtime computes in 8 bits also comes out in 8 bits where it goes into another product: after the activation that it
            // can take along.
            string result = Readers(product.Outputs[0]) is [{ Op: "Relu" } relu] ? relu.Outputs[0] : product.Outputs[0];
            if (before.Contains(result) && !outputs.Contains(result) && !outputs.Contains(product.Outputs[0]))
            {
                Add(result);
            }
        }
    }

    /// <summary>Conv, Gemm and MatMul nodes whose second input is a constant float32 matrix or kernel.</summary>
    public IReadOnlyList<Node> Products { get; }

    /// <summary>For each tensor that is to have 256 values the one whose range it has.</summary>
    public IReadOnlyDictionary<string, string> Roots => roots;

    /// <summary>Whether nothing but a ReLU sees a tensor, or elements of it: what is below 0 needs no steps.</summary>
    public bool IsRectified(string name) => !outputs.Contains(name) && Readers(name) is [Node reader]
        && (reader.Op == "Relu" || (moving.Contains(reader.Op) && reader.Outputs.Count == 1 && IsRectified(reader.Outputs[0])));

    Node[] Readers(string name) => [.. model.Nodes.Where(node => node.Inputs.Contains(name))];

    // Tensors that one of some products follows.
    HashSet<string> Before(IReadOnlyCollection<Node> products)
    {
        HashSet<string> before = [];
        foreach (Node node in model.Nodes.Reverse())
        {
            if (products.Contains(node))
            {
                before.Add(node.Inputs[0]);
            }
            if (node.Outputs.Any(before.Contains))
            {
                before.UnionWith(node.Inputs);
            }
        }
        return before;
    }

    /// <summary>A constant.</summary>
    public TensorData Weight(string name) => weights[name];

    /// <summary>The bias of a product, where it is one constant number for each channel; otherwise null.</summary>
    public TensorData? Bias(Node product, int channels) => product.Op != "MatMul" && product.Inputs.Count > 2
        && weights.TryGetValue(product.Inputs[2], out TensorData? bias) && bias is { Sizes: [long size], Type: ElementType.Float32 }
            && size == channels
        ? bias
        : null;

    /// <summary>The axis of a product's weight that has its output channels.</summary>
    public static int ChannelAxis(Node product) =>
        product.Op == "Conv" || (product.Op == "Gemm" && product.Attributes.Int("transB", 0) != 0) ? 0 : 1;

    bool IsProduct(Node node) => node.Op is "Conv" or "Gemm" or "MatMul" && node.Inputs.Count > 1
        && weights.TryGetValue(node.Inputs[1], out TensorData? weight) && weight is { Type: ElementType.Float32, Sizes.Count: >= 2 }
        && (node.Op != "MatMul" || weight.Sizes.Count == 2) && !weights.ContainsKey(node.Inputs[0])
        && node.Attributes.Float("alpha", 1) == 1 && node.Attributes.Float("beta", 1) == 1 && node.Attributes.Int("transA", 0) == 0;

    void Add(string name)
    {
        string root = name;
        var way = new List<string> { name };
        while (makers.TryGetValue(root, out Node? maker) && moving.Contains(maker.Op) && maker.Outputs.Count == 1
            && types[maker.Inputs[0]].Element == ElementType.Float32 && !weights.ContainsKey(maker.Inputs[0]))
        {
            root = maker.Inputs[0];
            way.Add(root);
        }
        way.ForEach(tensor => roots[tensor] = root);
    }
}
