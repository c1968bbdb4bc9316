using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Toolchain.Export.Weaver;

/// <summary>The fields of the class that the weaver adds.</summary>
/// <param name="Current">The recorder of calls.</param>
/// <param name="Guard">What looks at a call before it is made.</param>
/// <param name="Constructed">Arguments of constructed modules by handle.</param>
sealed record RecorderFields(FieldDefinition Current, FieldDefinition Guard, FieldDefinition Constructed);

/// <summary>The class that the weaver adds to TorchSharp.dll: where a recorder is set, and how modules were constructed.</summary>
static class RecorderType
{
    internal const string Recorder = "CallRecorder";
    internal const string RecorderField = "Current";
    internal const string GuardField = "Guard";
    internal const string ConstructedField = "Constructed";

    // public static class CallRecorder
    // {
    //     public static Action<string, object[], object> Current, Guard;
    //     public static ConcurrentDictionary<IntPtr, object[]> Constructed = new();
    // }
    internal static RecorderFields Add(ModuleDefinition module, string name)
    {
        const TypeAttributes StaticClass =
            TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit;
        var type = new TypeDefinition(name, Recorder, StaticClass, module.TypeSystem.Object);
        // From the module's own core library, so that no newer one enters its references.
        var action = new GenericInstanceType(new TypeReference("System", "Action`3", module, module.TypeSystem.CoreLibrary));
        foreach (TypeReference argument in (TypeReference[])[module.TypeSystem.String, new ArrayType(module.TypeSystem.Object),
            module.TypeSystem.Object])
        {
            action.ElementType.GenericParameters.Add(new GenericParameter(action.ElementType));
            action.GenericArguments.Add(argument);
        }
        var field = new FieldDefinition(RecorderField, FieldAttributes.Public | FieldAttributes.Static, action);
        type.Fields.Add(field);
        var guard = new FieldDefinition(GuardField, FieldAttributes.Public | FieldAttributes.Static, action);
        type.Fields.Add(guard);
        module.Types.Add(type);

        IMetadataScope concurrent = module.AssemblyReferences.FirstOrDefault(reference => reference.Name == "System.Collections.Concurrent")
            ?? throw new InvalidDataException("the assembly does not refer to System.Collections.Concurrent: is it a TorchSharp.dll?");
        var dictionary =
            new GenericInstanceType(new TypeReference("System.Collections.Concurrent", "ConcurrentDictionary`2", module, concurrent));
        foreach (TypeReference argument in (TypeReference[])[module.TypeSystem.IntPtr, new ArrayType(module.TypeSystem.Object)])
        {
            dictionary.ElementType.GenericParameters.Add(new GenericParameter(dictionary.ElementType));
            dictionary.GenericArguments.Add(argument);
        }
        var constructed = new FieldDefinition(ConstructedField, FieldAttributes.Public | FieldAttributes.Static, dictionary);
        type.Fields.Add(constructed);
        const MethodAttributes StaticConstructor =
            MethodAttributes.Private | MethodAttributes.Static | MethodAttributes.HideBySig | MethodAttributes.SpecialName
            | MethodAttributes.RTSpecialName;
        var initializer = new MethodDefinition(".cctor", StaticConstructor, module.TypeSystem.Void);
        type.Methods.Add(initializer);
        ILProcessor il = initializer.Body.GetILProcessor();
        il.Emit(OpCodes.Newobj, new MethodReference(".ctor", module.TypeSystem.Void, dictionary) { HasThis = true });
        il.Emit(OpCodes.Stsfld, constructed);
        il.Emit(OpCodes.Ret);
        return new(field, guard, constructed);
    }

    internal static MethodReference Invoke(FieldDefinition current)
    {
        TypeReference open = ((GenericInstanceType)current.FieldType).ElementType;
        var invoke = new MethodReference("Invoke", current.Module.TypeSystem.Void, current.FieldType) { HasThis = true };
        foreach (GenericParameter argument in open.GenericParameters)
        {
            invoke.Parameters.Add(new ParameterDefinition(argument));
        }
        return invoke;
    }

    // A method of the dictionary that takes a key and a value, or a key and a place for the value.
    internal static MethodReference Member(FieldDefinition dictionary, string name, TypeReference result)
    {
        TypeReference open = ((GenericInstanceType)dictionary.FieldType).ElementType;
        (TypeReference key, TypeReference value) = (open.GenericParameters[0], open.GenericParameters[1]);
        var member = new MethodReference(name, result, dictionary.FieldType) { HasThis = true };
        member.Parameters.Add(new ParameterDefinition(key));
        member.Parameters.Add(new ParameterDefinition(name == "TryGetValue" ? new ByReferenceType(value) : value));
        return member;
    }

    // static object Origin(SafeHandle module) { object[] found; Constructed.TryGetValue(module.DangerousGetHandle(), out found); return
    // found; }
    internal static MethodDefinition AddOrigin(TypeDefinition recorder, FieldDefinition constructed)
    {
        ModuleDefinition module = recorder.Module;
        IMetadataScope interop = module.AssemblyReferences.FirstOrDefault(reference => reference.Name == "System.Runtime.InteropServices")
            ?? module.TypeSystem.CoreLibrary;
        var handle = new TypeReference("System.Runtime.InteropServices", "SafeHandle", module, interop);
        var origin = new MethodDefinition("Origin", MethodAttributes.Assembly | MethodAttributes.Static | MethodAttributes.HideBySig,
            module.TypeSystem.Object);
        origin.Parameters.Add(new ParameterDefinition(handle));
        var found = new VariableDefinition(new ArrayType(module.TypeSystem.Object));
        origin.Body.Variables.Add(found);
        origin.Body.InitLocals = true;
        recorder.Methods.Add(origin);
        ILProcessor il = origin.Body.GetILProcessor();
        il.Emit(OpCodes.Ldsfld, constructed);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Callvirt, new MethodReference("DangerousGetHandle", module.TypeSystem.IntPtr, handle) { HasThis = true });
        il.Emit(OpCodes.Ldloca, found);
        il.Emit(OpCodes.Callvirt, Member(constructed, "TryGetValue", module.TypeSystem.Boolean));
        il.Emit(OpCodes.Pop);
        il.Emit(OpCodes.Ldloc, found);
        il.Emit(OpCodes.Ret);
        return origin;
    }
}
