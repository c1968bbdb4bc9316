using System.Text.Json.Serialization;
using Toolchain.Graph.Inspection;

namespace Toolchain.Commands;

/// <summary>How records become JSON, written at build time: a program compiled ahead of time has no reflection for it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ModelInspection))]
[JsonSerializable(typeof(Check[]))]
[JsonSerializable(typeof(Finding))]
[JsonSerializable(typeof(int[]))]
sealed partial class CommandJson : JsonSerializerContext;
