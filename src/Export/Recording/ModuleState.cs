using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using TorchSharp;
using TorchSharp.Utils;

namespace Toolchain.Export.Recording;

/// <summary>
/// What a module holds when it is called: the tensors of its state dict, buffers that are not persistent, and the tensors, scalars and
/// modules that it keeps in plain fields, arrays, lists, dictionaries, tuples, records and closures. What has no key of its own is named
/// by the fields that lead to it.
/// </summary>
sealed partial class ModuleState
{
    // More than any module keeps by hand; a field may lead to a data set.
    const int MostObjects = 100_000;

    const BindingFlags OwnFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    static readonly FieldInfo buffers = typeof(torch.nn.Module)
        .GetField("_internal_buffers", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new InvalidOperationException(
            $"TorchSharp {typeof(torch).Assembly.GetName().Version} keeps its buffers in no field '_internal_buffers'.");

    static readonly Assembly torchSharp = typeof(torch).Assembly;

    readonly Dictionary<string, torch.Tensor> tensors = [];
    readonly List<(string Path, torch.nn.Module Module)> modules = [];
    readonly List<Scalar> scalars = [];
    readonly List<double> numbers = [];
    readonly List<MethodInfo> methods = [];
    readonly HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
    readonly HashSet<nint> handles = [];

    public ModuleState(torch.nn.Module root) => AddModule(root, "");

    /// <summary>Tensors by key: parameters and buffers first.</summary>
    public IReadOnlyDictionary<string, torch.Tensor> Tensors => tensors;

    /// <summary>Modules with their paths, the root first; a module that is held twice goes by its first path.</summary>
    public IReadOnlyList<(string Path, torch.nn.Module Module)> Modules => modules;

    /// <summary>Scalars that were made before the module is called.</summary>
    public IReadOnlyList<Scalar> Scalars => scalars;

    /// <summary>Numbers in fields.</summary>
    public IReadOnlyList<double> Numbers => numbers;

    /// <summary>Functions that it holds, such as closures.</summary>
    public IReadOnlyList<MethodInfo> Methods => methods;

    void AddModule(torch.nn.Module module, string path)
    {
        if (seen.Contains(module))
        {
            return;
        }
        (string Path, torch.nn.Module Module)[] held = [.. module.named_modules().Prepend(("", module))
            .Select(pair => (Join(path, pair.Item1), pair.Item2))
            .Where(pair => seen.Add(pair.Item2))];
        modules.AddRange(held);
        foreach ((string key, torch.Tensor tensor) in module.state_dict())
        {
            // Keys of the state dict stay, even of one tensor under two of them.
            tensors.TryAdd(Join(path, key), tensor);
            handles.Add(tensor.Handle);
        }
        foreach ((string inner, torch.nn.Module part) in held)
        {
            foreach (string name in BufferNames(part))
            {
                AddTensor(part.get_buffer(name)!, Join(inner, name));
            }
            AddFields(part, inner, part.GetType());
        }
    }

    /// <summary>Names of the module's own buffers; TorchSharp 0.107.0 lists those that are not persistent nowhere.</summary>
    public static IEnumerable<string> BufferNames(torch.nn.Module module) =>
        ((OrderedDict<string, (torch.Tensor, bool)>)buffers.GetValue(module)!).Keys;

    // Fields of its own class and of the bases between it and TorchSharp, which registers what it keeps itself.
    void AddFields(object owner, string path, Type type)
    {
        for (Type? level = type; level is not null && level.Assembly != torchSharp && level != typeof(object); level = level.BaseType)
        {
            foreach (FieldInfo field in level.GetFields(OwnFields))
            {
                Add(field.GetValue(owner), Join(path, Generated().Replace(field.Name, "$1")));
            }
        }
    }

    void Add(object? value, string path)
    {
        switch (value)
        {
            case null or string or MemberInfo:
            case not null when seen.Count > MostObjects:
                break;
            case int or long or float or double:
                numbers.Add(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case torch.Tensor tensor:
                AddTensor(tensor, path);
                break;
            case Scalar scalar:
                scalars.Add(scalar);
                break;
            case torch.nn.Module module:
                AddModule(module, path);
                break;
            case Delegate function when seen.Add(function):
                foreach (Delegate call in function.GetInvocationList())
                {
                    methods.Add(call.Method);
                    Add(call.Target, path);
                }
                break;
            case IDictionary dictionary when seen.Add(dictionary):
                foreach (DictionaryEntry entry in dictionary)
                {
                    Add(entry.Value, $"{path}[{entry.Key}]");
                }
                break;
            case ICollection list when seen.Add(list) && !IsPlain(list):
                int number = 0;
                foreach (object? item in list)
                {
                    Add(item, $"{path}[{number++}]");
                }
                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++)
                {
                    Add(tuple[i], $"{path}[{i}]");
                }
                break;
            default:
                if (!IsSystem(value.GetType()) && !value.GetType().IsEnum && (value.GetType().IsValueType || seen.Add(value)))
                {
                    AddFields(value, path, value.GetType());
                }
                break;
        }
    }

    void AddTensor(torch.Tensor tensor, string path)
    {
        if (tensor.IsInvalid || !handles.Add(tensor.Handle))
        {
            return;
        }
        string name = path;
        for (int i = 1; !tensors.TryAdd(name, tensor); i++)
        {
            name = $"{path}_{i}";
        }
    }

    // Numbers and texts: long, and without tensors.
    static bool IsPlain(ICollection list)
    {
        Type? element = list.GetType().GetElementType() ?? (list.GetType().GenericTypeArguments is [Type single] ? single : null);
        return element is not null && (element.IsPrimitive || element == typeof(string));
    }

    /// <summary>Whether a type is .NET's or TorchSharp's.</summary>
    public static bool IsSystem(Type type) => type.Assembly == torchSharp || type.Assembly == typeof(object).Assembly
        || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true;

    static string Join(string path, string name) => path == "" ? name : name == "" ? path
        : name[0] == '[' ? $"{path}{name}" : $"{path}.{name}";

    // <Scale>k__BackingField, <function>P, <>4__this
    [GeneratedRegex("^<(.*)>.*$")]
    private static partial Regex Generated();
}
