namespace Toolchain.Graph.Operators;

/// <summary>Operators on the bits of integers, since opset 18.</summary>
static class BitOperators
{
    public static IEnumerable<Operator> All =>
    [
        Bits("BitwiseAnd", (a, b) => a & b), Bits("BitwiseOr", (a, b) => a | b), Bits("BitwiseXor", (a, b) => a ^ b),
        new("BitwiseNot", 18, scope => [scope[0]], scope => [scope[0].Map(x => scope[0].Type == ElementType.UInt8 ? 255 - x : ~(long)x)]),
    ];

    static Operator Bits(string name, Func<long, long, long> function) => new(name, 18,
        scope => [new(scope[0].Element, Broadcasting.Infer(scope[0].Shape, scope[1].Shape))],
        scope => [Broadcasting.Apply(scope[0], scope[1], (a, b) => function((long)a, (long)b), scope[0].Type)]);
}
