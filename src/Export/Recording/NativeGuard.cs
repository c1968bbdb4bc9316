using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>
/// Looks at calls before they are made. It checks the arguments of native methods that let exceptions of libtorch out (TorchSharp 0.107.0):
/// an exporter runs modules at sizes that they may refuse, and that must not end the process. It runs them in a dispose scope, which holds
/// all tensors; without one a temporary may be collected once its handle is taken, and is not to be looked at. And it keeps arrays of
/// arguments that results replace.
/// </summary>
static class NativeGuard
{
    static readonly FieldInfo? guard = typeof(torch).Assembly.GetType("TorchSharp.PInvoke.CallRecorder")?.GetField("Guard");

    /// <summary>Keeps watch from now on.</summary>
    public static void Set() => guard?.SetValue(null, new Action<string, object?[], object?>(Check));

    static void Check(string entry, object?[] arguments, object? result)
    {
        if (NativeArguments.Allocates(arguments))
        {
            NativeArguments.Keep(arguments);
            return;
        }
        if (torch.CurrentDisposeScope is null)
        {
            return;
        }
        torch.Tensor x = NativeTensor.Borrow((nint)arguments[0]!);
        string? problem = entry switch
        {
            "THSTensor_matmul" => Product(x, NativeTensor.Borrow((nint)arguments[1]!)),
            "THSTensor_var_along_dimensions" => x.is_floating_point() || x.is_complex() ? null
                : "std and var only support floating point and complex dtypes",
            _ => Math.Max(x.dim(), 1) is long rank && (long)arguments[2]! is long axis && axis >= -rank && axis < rank
                ? null : $"Dimension out of range (expected to be in range of [{-rank}, {rank - 1}], but got {axis})",
        };
        if (problem is not null)
        {
            throw new ExternalException(problem);
        }
    }

    // In the words of libtorch.
    static string? Product(torch.Tensor a, torch.Tensor b)
    {
        (long[] left, long[] right) = (a.shape, b.shape);
        if (left.Length == 0 || right.Length == 0)
        {
            return $"both arguments to matmul need to be at least 1D, but they are {left.Length}D and {right.Length}D";
        }
        if (a.dtype != b.dtype)
        {
            return $"expected m1 and m2 to have the same dtype, but got: {a.dtype} != {b.dtype}";
        }
        if (a.dtype == torch.ScalarType.Bool)
        {
            return "\"addmm_impl_cpu_\" not implemented for 'Bool'";
        }
        bool agree = left[^1] == right[^Math.Min(2, right.Length)];
        bool broadcast = left.SkipLast(2).Reverse().Zip(right.SkipLast(2).Reverse())
            .All(pair => pair.First == pair.Second || pair.First == 1 || pair.Second == 1);
        return agree && broadcast ? null
            : $"mat1 and mat2 shapes cannot be multiplied ({string.Join("x", left)} and {string.Join("x", right)})";
    }
}
