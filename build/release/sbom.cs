#:property PublishAot=false
// Writes a CycloneDX bill of materials from NuGet lock files: sbom.cs VERSION OUT.json LOCK.json...
// The same lock files give the same bytes: no clock, no serial number.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

if (args.Length < 3)
{
    Console.Error.WriteLine("sbom.cs VERSION OUT.json LOCK.json...: expected at least three arguments.");
    return 2;
}
string version = args[0];
string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
    ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
var components = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
var dependencies = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
var roots = new SortedSet<string>(StringComparer.Ordinal);
foreach (string path in args[2..])
{
    // src/Graph/packages.lock.json is of the project Graph, artifacts/aot/Cli.Light.lock.json of Cli.Light.
    string file = Path.GetFileName(path);
    string project = file == "packages.lock.json" ? Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))!
        : file[..^".lock.json".Length];
    string own = Own($"Toolchain.{project}");
    roots.Add(own);
    foreach ((_, JsonNode? framework) in JsonNode.Parse(File.ReadAllText(path))!["dependencies"]!.AsObject())
    {
        Dictionary<string, string> refs = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, JsonNode? entry) in framework!.AsObject())
        {
            refs[name] = (string?)entry!["type"] == "Project" ? Own(Cased(name))
                : Package(name, (string)entry["resolved"]!, (string?)entry["contentHash"]);
        }
        foreach ((string name, JsonNode? entry) in framework.AsObject())
        {
            dependencies[refs[name]].UnionWith((entry!["dependencies"]?.AsObject() ?? []).Where(other => refs.ContainsKey(other.Key))
                .Select(other => refs[other.Key]));
            if ((string?)entry["type"] is "Direct" or "Project")
            {
                dependencies[own].Add(refs[name]);
            }
        }
    }
}
dependencies[$"uvl@{version}"] = roots;
var bom = new JsonObject
{
    ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
    ["bomFormat"] = "CycloneDX",
    ["specVersion"] = "1.6",
    ["version"] = 1,
    ["metadata"] = new JsonObject { ["component"] = Component("application", "uvl", version, [License("MIT")]) },
    ["components"] = new JsonArray([.. components.Values]),
    ["dependencies"] = new JsonArray([.. dependencies.Select(pair => new JsonObject
    {
        ["ref"] = pair.Key,
        ["dependsOn"] = new JsonArray([.. pair.Value.Select(name => JsonValue.Create(name))]),
    })]),
};
var options = new JsonSerializerOptions { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
File.WriteAllText(args[1], bom.ToJsonString(options) + "\n");
Console.WriteLine($"{components.Count} components in {args[1]}");
return 0;

static JsonObject License(string id) => new() { ["license"] = new JsonObject { ["id"] = id } };

static JsonObject Component(string type, string name, string version, JsonNode[] licenses) => new()
{
    ["type"] = type,
    ["bom-ref"] = $"{name}@{version}",
    ["name"] = name,
    ["version"] = version,
    ["licenses"] = new JsonArray(licenses),
    ["purl"] = $"pkg:nuget/{name}@{version}",
};

// Lock files write projects in lower case.
static string Cased(string name) => $"Toolchain.{Directory.GetDirectories("src").Select(folder => Path.GetFileName(folder)!)
    .First(project => string.Equals($"toolchain.{project}", name, StringComparison.OrdinalIgnoreCase))}";

string Own(string name) => Add(Component("library", name, version, [License("MIT")]));

string Package(string name, string resolved, string? hash)
{
    string folder = Path.Combine(cache, name.ToLowerInvariant(), resolved.ToLowerInvariant());
    XElement metadata = XDocument.Load(Path.Combine(folder, $"{name.ToLowerInvariant()}.nuspec")).Root!.Elements()
        .First(element => element.Name.LocalName == "metadata");
    XElement? Of(string key) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == key);
    JsonObject license = Of("license") is { } stated && (string?)stated.Attribute("type") == "expression"
        ? new() { ["expression"] = stated.Value }
        : Of("license") is { } inside ? new() { ["license"] = new JsonObject { ["name"] = $"{inside.Value} of the package" } }
        : new() { ["license"] = new JsonObject { ["name"] = Of("licenseUrl")?.Value ?? "not stated" } };
    JsonObject component = Component("library", Of("id")!.Value, resolved, [license]);
    if (hash is not null)
    {
        component["properties"] = new JsonArray(new JsonObject { ["name"] = "nuget:contentHash", ["value"] = hash });
    }
    return Add(component);
}

string Add(JsonObject component)
{
    string id = (string)component["bom-ref"]!;
    components.TryAdd(id, component);
    dependencies.TryAdd(id, new(StringComparer.Ordinal));
    return id;
}
