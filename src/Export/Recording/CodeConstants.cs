using System.Reflection;
using System.Reflection.Emit;
using TorchSharp;

namespace Toolchain.Export.Recording;

/// <summary>
/// Numbers that a module's own code holds: what it compares a size with, divides it by or cuts it to. A trace cannot see such a
/// comparison, since sizes are plain numbers in C#; so all constants of the code count, and those in fields of the module.
/// </summary>
static class CodeConstants
{
    // More than the code of any module; a call may lead into a library.
    const int MostMethods = 2000, MostConstants = 64;

    const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    static readonly Dictionary<short, OpCode> codes = typeof(OpCodes).GetFields(BindingFlags.Static | BindingFlags.Public)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>The constants of the code of <paramref name="held"/>, in the order in which they are met.</summary>
    public static CodeNumbers Of(ModuleState held)
    {
        var found = new List<double>(held.Numbers);
        var left = new Queue<MethodBase>(held.Methods);
        foreach ((_, torch.nn.Module module) in held.Modules)
        {
            for (Type? type = module.GetType(); type is not null && IsOwn(type); type = type.BaseType)
            {
                Array.ForEach(type.GetMethods(Own), left.Enqueue);
            }
        }
        var seen = new HashSet<MethodBase>();
        while (left.TryDequeue(out MethodBase? method) && seen.Count < MostMethods)
        {
            if (seen.Add(method) && method.DeclaringType is Type owner && IsOwn(owner))
            {
                Read(method, found, left);
            }
        }
        return new CodeNumbers(
            [.. found.Where(number => number > 1 && number % 1 == 0 && number < int.MaxValue).Distinct().Take(MostConstants)
                .Select(number => (long)number)],
            [.. found.Where(number => number % 1 != 0 && double.IsFinite(number)).Distinct().Take(MostConstants)]);
    }

    static bool IsOwn(Type type) => !ModuleState.IsSystem(type) && type.Assembly != typeof(CodeConstants).Assembly;

    static void Read(MethodBase method, List<double> found, Queue<MethodBase> called)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int at = 0; at < code.Length;)
        {
            short value = code[at] == 0xFE ? (short)(code[at] << 8 | code[at + 1]) : code[at];
            OpCode operation = codes[value];
            at += operation.Size;
            ReadOnlySpan<byte> operand = code.AsSpan(at);
            switch (operation.OperandType)
            {
                case OperandType.InlineI:
                    found.Add(BitConverter.ToInt32(operand));
                    break;
                case OperandType.ShortInlineI:
                    found.Add((sbyte)operand[0]);
                    break;
                case OperandType.InlineI8:
                    found.Add(BitConverter.ToInt64(operand));
                    break;
                case OperandType.InlineR:
                    found.Add(BitConverter.ToDouble(operand));
                    break;
                case OperandType.ShortInlineR:
                    found.Add(BitConverter.ToSingle(operand));
                    break;
                case OperandType.InlineMethod when Resolve(method, BitConverter.ToInt32(operand)) is MethodBase next:
                    called.Enqueue(next);
                    break;
            }
            found.AddRange(operation.Value >= OpCodes.Ldc_I4_2.Value && operation.Value <= OpCodes.Ldc_I4_8.Value
                ? [operation.Value - OpCodes.Ldc_I4_0.Value] : []);
            at += Length(operation, operand);
        }
    }

    static int Length(OpCode operation, ReadOnlySpan<byte> operand) => operation.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(operand),
        _ => 4,
    };

    // A token of a generic method needs its arguments; what cannot be resolved is not followed.
    static MethodBase? Resolve(MethodBase method, int token)
    {
        try
        {
            return method.Module.ResolveMethod(token, method.DeclaringType?.GetGenericArguments(),
                method is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : null);
        }
        catch (Exception error) when (error is ArgumentException or BadImageFormatException or FileNotFoundException or TypeLoadException)
        {
            return null;
        }
    }
}
