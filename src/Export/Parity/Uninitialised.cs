using Toolchain.Export.Recording;
using TorchSharp;

namespace Toolchain.Export.Parity;

/// <summary>
/// Weights that were never set. TorchSharp 0.107.0 leaves those of GroupNorm as the memory was, which is the likeliest cause where module
/// and model differ by NaN.
/// </summary>
static class Uninitialised
{
    // No trained weight of a normalisation is as large.
    const double LargestWeight = 1e15;

    /// <summary>A line that names vectors with NaN or very large elements; "" where there are none.</summary>
    public static string Describe(torch.nn.Module module)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        string[] names = [.. new ModuleState(module).Tensors
            .Where(pair => pair.Value.is_floating_point() && pair.Value.dim() == 1 && pair.Value.numel() > 0
                && !(pair.Value.abs().max().to(torch.float64).item<double>() <= LargestWeight))
            .Select(pair => $"'{pair.Key}'")];
        return names.Length == 0 ? "" : FormattableString.Invariant(
            $"\n  Weights hold NaN or more than {LargestWeight:g1}, as uninitialised memory does: {string.Join(", ", names)}. ")
            + "TorchSharp does not initialise the weights of GroupNorm; load or set them first.";
    }
}
