using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Toolchain.Export.Weaver;

/// <summary>
/// Keeps the numbers that TorchSharp hands to native code alive for the length of the call.
/// </summary>
/// <remarks>
/// A <c>TorchSharp.Scalar</c> owns a native object that its finalizer frees. TorchSharp 0.107.0 reads the native address and lets go of the
/// owner before the call returns, so that a garbage collection at the wrong moment frees the number under the native code: training with
/// many allocations fails after some thousand steps with "Expected false to be true" from Scalar.h, or reads a wrong number. Here each new
/// Scalar is put into a ring of its thread's latest ones, which outlives any call.
/// </remarks>
static class ScalarKeeper
{
    const string ScalarType = "TorchSharp.Scalar";

    // Far more than the scalars of one call, and a power of two.
    const int RingSize = 256;

    /// <summary>Makes every constructor of Scalar keep what it made.</summary>
    /// <exception cref="InvalidDataException">The assembly has no such type.</exception>
    internal static void Weave(ModuleDefinition module)
    {
        TypeDefinition scalar = module.GetType(ScalarType)
            ?? throw new InvalidDataException($"the assembly has no class '{ScalarType}': is it a TorchSharp.dll?");
        MethodDefinition keep = AddKeep(scalar);
        foreach (MethodDefinition constructor in scalar.Methods.Where(method => method.IsConstructor && !method.IsStatic))
        {
            ILProcessor il = constructor.Body.GetILProcessor();
            foreach (Instruction end in constructor.Body.Instructions.Where(instruction => instruction.OpCode == OpCodes.Ret).ToList())
            {
                il.InsertBefore(end, il.Create(OpCodes.Ldarg_0));
                il.InsertBefore(end, il.Create(OpCodes.Call, keep));
            }
        }
    }

    // [ThreadStatic] static Scalar[] ring; [ThreadStatic] static int next;
    // static void Keep(Scalar scalar) { if (ring == null) ring = new Scalar[RingSize]; ring[next & (RingSize - 1)] = scalar; next = next +
    // 1; }
    static MethodDefinition AddKeep(TypeDefinition scalar)
    {
        ModuleDefinition module = scalar.Module;
        FieldDefinition ring = AddThreadField(scalar, "recent", new ArrayType(scalar)),
            next = AddThreadField(scalar, "next", module.TypeSystem.Int32);
        var keep = new MethodDefinition("Keep", MethodAttributes.Private | MethodAttributes.Static | MethodAttributes.HideBySig,
            module.TypeSystem.Void);
        keep.Parameters.Add(new ParameterDefinition(scalar));
        scalar.Methods.Add(keep);

        ILProcessor il = keep.Body.GetILProcessor();
        Instruction store = il.Create(OpCodes.Ldsfld, ring);
        il.Emit(OpCodes.Ldsfld, ring);
        il.Emit(OpCodes.Brtrue, store);
        il.Emit(OpCodes.Ldc_I4, RingSize);
        il.Emit(OpCodes.Newarr, scalar);
        il.Emit(OpCodes.Stsfld, ring);
        il.Append(store);
        il.Emit(OpCodes.Ldsfld, next);
        il.Emit(OpCodes.Ldc_I4, RingSize - 1);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Stelem_Ref);
        il.Emit(OpCodes.Ldsfld, next);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stsfld, next);
        il.Emit(OpCodes.Ret);
        return keep;
    }

    static FieldDefinition AddThreadField(TypeDefinition owner, string name, TypeReference type)
    {
        var field = new FieldDefinition(name, FieldAttributes.Private | FieldAttributes.Static, type);
        // From the module's own core library, so that no newer one enters its references.
        var attribute = new TypeReference("System", nameof(ThreadStaticAttribute), owner.Module, owner.Module.TypeSystem.CoreLibrary);
        field.CustomAttributes.Add(new CustomAttribute(
            new MethodReference(".ctor", owner.Module.TypeSystem.Void, attribute) { HasThis = true }));
        owner.Fields.Add(field);
        return field;
    }
}
