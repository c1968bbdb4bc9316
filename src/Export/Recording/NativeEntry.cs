using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>What is known of a native entry from its signature in TorchSharp.</summary>
/// <param name="Name">Such as THSTensor_conv2d.</param>
/// <param name="LengthOf">For each parameter the position of its length if it points to an array, otherwise -1.</param>
/// <param name="IsOut">For each parameter whether the call writes a tensor handle to it.</param>
/// <param name="InPlaceFlag">Position of a flag that lets the call write to its first argument, or -1.</param>
/// <param name="Target">Position of a tensor that the call writes its result to, or -1.</param>
sealed record NativeEntry(string Name, int[] LengthOf, bool[] IsOut, int InPlaceFlag, int Target)
{
    static readonly ConcurrentDictionary<string, NativeEntry> known = new();
    static readonly Type methods = typeof(torch).Assembly.GetType("TorchSharp.PInvoke.NativeMethods", throwOnError: true)!;

    /// <summary>Entries that only ask for the form of a tensor, which the recordings are compared by anyway.</summary>
    static readonly HashSet<string> queries =
    [
        "THSTensor_sizes", "THSTensor_size", "THSTensor_ndimension", "THSTensor_numel", "THSTensor_type", "THSTensor_device_type",
        "THSTensor_device_index", "THSTensor_requires_grad", "THSTensor_set_requires_grad", "THSTensor_is_leaf",
        "THSTensor_is_contiguous", "THSTensor_is_sparse", "THSTensor_is_cpu", "THSTensor_is_pinned", "THSTensor_is_conj",
        "THSTensor_is_neg", "THSTensor_has_names", "THSTensor_strides", "THSTensor_stride", "THSTensor_element_size",
        "THSTensor_result_type", "THSTensor_storage_offset",
    ];

    /// <summary>Entries whose pointer result gives a tensor's elements away; the others that do return a number.</summary>
    static readonly HashSet<string> pointerReads = ["THSTensor_item", "THSTensor_data", "THSTensor_save", "THSStorage_data_ptr",
        "THSStorage_tensor_to_storage"];

    static readonly Regex setters = new("^THSTensor_set[1-6]$");

    /// <summary>Families whose pointer results are tensors.</summary>
    static readonly string[] tensorFamilies = ["THSTensor_", "THSNN_", "THSSpecial_", "THSLinalg_", "THSVision_", "THSFFT_"];

    static readonly string[] moduleFamilies = ["THSNN_Module_", "THSNN_AnyModule_", "THSNN_Optimizer_", "THSNN_PackedSequence_dispose"];
    static readonly string[] moduleEndings = ["_ctor", "_from_pretrained"];

    public bool IsQuery => queries.Contains(Name);

    public bool ReadsElements => pointerReads.Contains(Name);

    public bool MakesTensors => !ReadsElements && !MakesOtherObjects
        && tensorFamilies.Any(family => Name.StartsWith(family, StringComparison.Ordinal));

    /// <summary>Whether its pointers are modules, optimizers or texts, which must never be read as tensors.</summary>
    bool MakesOtherObjects => Name is "THSNN_custom_module" or "THSTensor_names"
        || moduleFamilies.Any(family => Name.StartsWith(family, StringComparison.Ordinal))
        || moduleEndings.Any(ending => Name.EndsWith(ending, StringComparison.Ordinal));

    /// <summary>
    /// Position of the tensor that a call changes, or -1: the first of in-place operators, whose native names end with an underscore, and
    /// the declared one of operators that write to a given tensor.
    /// </summary>
    public int Written(object?[] arguments)
    {
        bool inPlace = Name.EndsWith('_') || setters.IsMatch(Name) || (InPlaceFlag >= 0 && arguments[InPlaceFlag] is true);
        return inPlace && arguments is [nint, ..] ? 0 : Target;
    }

    public static NativeEntry Of(string name) => known.GetOrAdd(name, Read);

    /// <summary>A native entry as a delegate; calls through it are not recorded.</summary>
    public static T Bind<T>(string name) where T : Delegate => Method(name).CreateDelegate<T>();

    /// <summary>Position of the length of the array that a parameter points to, or -1.</summary>
    public int Length(int position) => position < LengthOf.Length ? LengthOf[position] : -1;

    /// <summary>Whether a parameter points to one number, or is null where it is left out.</summary>
    public bool PointsToNumber(int position) => position > 0 && Name.TrimEnd('_') is "THSTensor_nan_to_num" or "THSTensor_logit";

    /// <summary>Whether a parameter points to an array of two numbers, whose length is not passed.</summary>
    public bool PointsToPair(int position) => position is 1 or 2 && Name.EndsWith("fft2", StringComparison.Ordinal);

    /// <summary>Whether the call writes a tensor handle to a parameter.</summary>
    public bool Returns(int position) => position < IsOut.Length && IsOut[position];

    // Of an entry that TorchSharp does not declare nothing is known but what comes by; it has no mapping either.
    static NativeEntry Read(string name)
    {
        ParameterInfo[] parameters = Find(name)?.GetParameters() ?? [];
        var lengthOf = new int[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            bool isPointer = parameters[i].ParameterType == typeof(nint) || parameters[i].ParameterType.IsPointer;
            lengthOf[i] = isPointer && i + 1 < parameters.Length && IsLength(parameters[i + 1]) ? i + 1 : -1;
        }
        // Starts, ends, steps and tensors of an index expression share one length.
        int shared = Array.FindIndex(parameters, parameter => parameter.Name == "indicesLength");
        for (int i = 0; i < shared; i++)
        {
            lengthOf[i] = parameters[i].Name!.StartsWith("index", StringComparison.Ordinal) ? shared : lengthOf[i];
        }
        return new NativeEntry(name, lengthOf, [.. parameters.Select(parameter => parameter.ParameterType == typeof(nint).MakeByRefType())],
            Array.FindIndex(parameters, parameter => parameter.Name == "inplace"),
            Array.FindIndex(parameters, parameter => parameter.Name == "tensorOut"));
    }

    static bool IsLength(ParameterInfo parameter) =>
        (parameter.ParameterType == typeof(int) || parameter.ParameterType == typeof(long))
        && parameter.Name!.Contains("len", StringComparison.OrdinalIgnoreCase);

    static MethodInfo? Find(string name) => methods.GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public);

    static MethodInfo Method(string name) => Find(name)
        ?? throw new InvalidOperationException($"TorchSharp {typeof(torch).Assembly.GetName().Version} has no native entry '{name}'.");
}
