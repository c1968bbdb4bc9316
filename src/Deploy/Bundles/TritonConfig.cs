using System.Globalization;
using Toolchain.Graph;

namespace Toolchain.Deploy.Bundles;

/// <summary>What Triton Inference Server reads: inputs and outputs without their batch axis, and batches of waiting requests.</summary>
static class TritonConfig
{
    // Images in a batch; the batch axis is free in the model.
    const int MostImages = 1024;

    /// <summary>The text of the file.</summary>
    public static string Text(BundleModel model) => string.Create(CultureInfo.InvariantCulture, $$"""
        # Triton's model repository wants NAME/config.pbtxt and NAME/1/model.onnx: copy onnx/model.onnx to 1/model.onnx.
        platform: "onnxruntime_onnx"
        max_batch_size: {{MostImages}}
        input [
        {{Value(model.Graph.Inputs[0])}}
        ]
        output [
        {{string.Join(",\n", model.Graph.Outputs.Select(Value))}}
        ]
        dynamic_batching { }

        """).ReplaceLineEndings("\n");

    static string Value(Value value)
    {
        string type = value.Type.Element switch
        {
            ElementType.Float32 => "FP32",
            ElementType.Float64 => "FP64",
            ElementType.Int64 => "INT64",
            var other => other.ToString().ToUpperInvariant(),
        };
        string[] sizes = [.. value.Shape.Skip(1).Select(dim => (dim.Size ?? -1).ToString(CultureInfo.InvariantCulture))];
        string dims = sizes.Length > 0 ? $"dims: [ {string.Join(", ", sizes)} ]" : "dims: [ 1 ] reshape: { shape: [ ] }";
        return $"  {{ name: \"{value.Name}\" data_type: TYPE_{type} {dims} }}";
    }
}
