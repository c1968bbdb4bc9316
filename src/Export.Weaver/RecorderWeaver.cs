using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Toolchain.Export.Weaver;

/// <summary>
/// Puts a recorder between TorchSharp and its native library. Every extern <c>THS*</c> method of <c>TorchSharp.PInvoke.NativeMethods</c>
/// gets a managed twin that calls it and then, only if <c>TorchSharp.PInvoke.CallRecorder.Current</c> is set, hands over the entry's name,
/// its arguments and its result; all callers are redirected to the twin. Twins of module constructors also keep their arguments by the
/// module's handle, recorder or not: no other source has the number of heads or layers an opaque module has.
/// </summary>
/// <remarks>
/// The recorder is called when the native call has returned and before its caller continues: out and ref arguments hold what was written,
/// buffers behind pointer arguments are still pinned by the caller, and allocator delegates have been called. Pointers arrive as
/// <see cref="IntPtr"/>, value types boxed, everything else (safe handles, delegates, strings) as it is.
/// </remarks>
static class RecorderWeaver
{
    internal const string NativeMethods = "TorchSharp.PInvoke.NativeMethods";

    // Native methods of TorchSharp 0.107.0 that let exceptions of libtorch out, which ends the process.
    static readonly string[] unguarded = ["THSTensor_matmul", "THSTensor_cummax", "THSTensor_cummin", "THSTensor_var_along_dimensions"];

    /// <summary>How much was woven.</summary>
    /// <param name="Entries">Native entries that have a twin now.</param>
    /// <param name="Callers">Call sites that go to a twin now.</param>
    /// <param name="Difference">How the entries differ from those of the tested version, or null where they do not.</param>
    internal sealed record Result(int Entries, int Callers, string? Difference);

    /// <summary>The native entries of a TorchSharp assembly that get a twin.</summary>
    internal static IEnumerable<MethodDefinition> Entries(ModuleDefinition module) => module.GetType(NativeMethods)?.Methods
        .Where(method => method.IsPInvokeImpl && method.Name.StartsWith("THS", StringComparison.Ordinal)) ?? [];

    /// <summary>Weaves the assembly at <paramref name="source"/> into a new file; the same input gives the same bytes.</summary>
    /// <exception cref="InvalidDataException">The assembly is woven already, or has no class of native methods.</exception>
    internal static Result Weave(string source, Stream target)
    {
        using ModuleDefinition module = ModuleDefinition.ReadModule(source);
        TypeDefinition native = module.GetType(NativeMethods)
            ?? throw new InvalidDataException($"'{source}' has no class '{NativeMethods}': is it a TorchSharp.dll?");
        if (module.GetType(native.Namespace, RecorderType.Recorder) is not null)
        {
            throw new InvalidDataException($"'{source}' is woven already; weave the package's own file.");
        }

        ScalarKeeper.Weave(module);
        RecorderFields fields = RecorderType.Add(module, native.Namespace);
        MethodDefinition origin = RecorderType.AddOrigin(fields.Current.DeclaringType, fields.Constructed);
        var twins = new Dictionary<MethodDefinition, MethodDefinition>();
        var holder = new TypeDefinition(native.Namespace, "RecordedMethods", native.Attributes, module.TypeSystem.Object);
        module.Types.Add(holder);
        string? difference = TestedEntries.Compare(module);
        foreach (MethodDefinition entry in Entries(module))
        {
            twins.Add(entry, AddTwin(holder, entry, fields, origin));
        }

        int callers = module.GetTypes().Where(t => t != holder).SelectMany(t => t.Methods).Where(m => m.HasBody)
            .Sum(m => Redirect(m, twins));
        module.Write(target, new WriterParameters { DeterministicMvid = true, Timestamp = 0 });
        return new Result(twins.Count, callers, difference);
    }

    static bool IsModuleConstructor(MethodDefinition entry) =>
        entry.Name.StartsWith("THSNN_", StringComparison.Ordinal)
        && (entry.Name.EndsWith("_ctor", StringComparison.Ordinal) || entry.Name.EndsWith("_from_pretrained", StringComparison.Ordinal))
        && entry.ReturnType.MetadataType == MetadataType.IntPtr;

    // TorchSharp lets some calls put their results into the pinned array that held their arguments, which nobody holds from then on.
    static bool HasAllocator(MethodDefinition entry) =>
        entry.Parameters.Any(parameter => parameter.ParameterType.Name == "AllocatePinnedArray")
        && entry.Parameters.Any(parameter => parameter.ParameterType.MetadataType == MetadataType.IntPtr);

    static MethodDefinition AddTwin(TypeDefinition holder, MethodDefinition entry, RecorderFields fields, MethodDefinition origin)
    {
        (FieldDefinition current, FieldDefinition guard, FieldDefinition constructed) = fields;
        ModuleDefinition module = entry.Module;
        var twin = new MethodDefinition(entry.Name, MethodAttributes.Assembly | MethodAttributes.Static | MethodAttributes.HideBySig,
            entry.ReturnType);
        holder.Methods.Add(twin);
        foreach (ParameterDefinition parameter in entry.Parameters)
        {
            twin.Parameters.Add(new ParameterDefinition(parameter.Name, parameter.Attributes & ~ParameterAttributes.HasFieldMarshal,
                parameter.ParameterType));
        }
        bool returns = entry.ReturnType.MetadataType != MetadataType.Void;
        var recorder = new VariableDefinition(current.FieldType);
        var result = new VariableDefinition(returns ? entry.ReturnType : module.TypeSystem.Object);
        twin.Body.Variables.Add(recorder);
        twin.Body.Variables.Add(result);
        twin.Body.InitLocals = true;

        ILProcessor il = twin.Body.GetILProcessor();
        if (unguarded.Contains(entry.Name) || HasAllocator(entry))
        {
            EmitGuard(il, twin, guard);
        }
        foreach (ParameterDefinition parameter in twin.Parameters)
        {
            il.Emit(OpCodes.Ldarg, parameter);
        }
        il.Emit(OpCodes.Call, entry);
        if (returns)
        {
            il.Emit(OpCodes.Stloc, result);
        }
        if (IsModuleConstructor(entry))
        {
            il.Emit(OpCodes.Ldsfld, constructed);
            il.Emit(OpCodes.Ldloc, result);
            EmitArguments(il, twin, origin);
            il.Emit(OpCodes.Callvirt, RecorderType.Member(constructed, "set_Item", entry.Module.TypeSystem.Void));
        }
        Instruction end = returns ? il.Create(OpCodes.Ldloc, result) : il.Create(OpCodes.Ret);
        il.Emit(OpCodes.Ldsfld, current);
        il.Emit(OpCodes.Stloc, recorder);
        il.Emit(OpCodes.Ldloc, recorder);
        il.Emit(OpCodes.Brfalse, end);

        il.Emit(OpCodes.Ldloc, recorder);
        il.Emit(OpCodes.Ldstr, entry.Name);
        EmitArguments(il, twin);
        il.Emit(OpCodes.Ldloc, result);
        EmitBox(il, result.VariableType);
        il.Emit(OpCodes.Callvirt, RecorderType.Invoke(current));
        il.Append(end);
        if (returns)
        {
            il.Emit(OpCodes.Ret);
        }
        return twin;
    }

    // if (Guard != null) Guard(name, arguments, null);
    static void EmitGuard(ILProcessor il, MethodDefinition twin, FieldDefinition guard)
    {
        Instruction end = il.Create(OpCodes.Nop);
        il.Emit(OpCodes.Ldsfld, guard);
        il.Emit(OpCodes.Brfalse, end);
        il.Emit(OpCodes.Ldsfld, guard);
        il.Emit(OpCodes.Ldstr, twin.Name);
        EmitArguments(il, twin);
        il.Emit(OpCodes.Ldnull);
        il.Emit(OpCodes.Callvirt, RecorderType.Invoke(guard));
        il.Append(end);
    }

    // new object[] { argument, ... }; with an origin, a module's handle is replaced by the arguments that the module was constructed with.
    static void EmitArguments(ILProcessor il, MethodDefinition twin, MethodDefinition? origin = null)
    {
        il.Emit(OpCodes.Ldc_I4, twin.Parameters.Count);
        il.Emit(OpCodes.Newarr, twin.Module.TypeSystem.Object);
        foreach (ParameterDefinition parameter in twin.Parameters)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, parameter.Index);
            il.Emit(OpCodes.Ldarg, parameter);
            TypeReference type = parameter.ParameterType;
            if (type is ByReferenceType reference)
            {
                type = reference.ElementType;
                il.Emit(OpCodes.Ldobj, type);
            }
            if (origin is not null && type.Name == "HType")
            {
                il.Emit(OpCodes.Call, origin);
            }
            else
            {
                EmitBox(il, type);
            }
            il.Emit(OpCodes.Stelem_Ref);
        }
    }

    static void EmitBox(ILProcessor il, TypeReference type)
    {
        if (type.IsPointer)
        {
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Box, il.Body.Method.Module.TypeSystem.IntPtr);
        }
        else if (type.IsValueType)
        {
            il.Emit(OpCodes.Box, type);
        }
    }

    // Plain calls and method addresses (ldftn for delegates) alike: a twin has its entry's signature.
    static int Redirect(MethodDefinition method, Dictionary<MethodDefinition, MethodDefinition> twins)
    {
        int count = 0;
        foreach (Instruction instruction in method.Body.Instructions)
        {
            if (instruction.Operand is MethodDefinition entry && twins.TryGetValue(entry, out MethodDefinition? twin))
            {
                instruction.Operand = twin;
                count++;
            }
        }
        return count;
    }
}
