using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Toolchain.Cli.Help;

/// <summary>Summaries of members, read from the XML documentation that the compiler writes beside each assembly.</summary>
static partial class XmlSummaries
{
    static readonly Dictionary<Assembly, XDocument> documents = [];

    /// <summary>The summary of a property or field, as Markdown on one line; that of the interface where it is inherited.</summary>
    public static string Of(MemberInfo member)
    {
        XElement element = Find(member)
            ?? throw new InvalidDataException($"{member.DeclaringType}.{member.Name}: expected a summary, found none.");
        if (element.Element("inheritdoc") is null)
        {
            return Text(element.Element("summary")!);
        }
        return member.DeclaringType!.GetInterfaces().Select(type => type.GetProperty(member.Name)).OfType<PropertyInfo>()
            .Select(Of).First();
    }

    /// <summary>Whether the documentation of a member's assembly lies beside the program: a published one may leave it out.</summary>
    public static bool AreThere(MemberInfo member) => File.Exists(PathOf(member.DeclaringType!.Assembly));

    static string PathOf(Assembly assembly) => Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");

    static XElement? Find(MemberInfo member)
    {
        Assembly assembly = member.DeclaringType!.Assembly;
        if (!documents.TryGetValue(assembly, out XDocument? document))
        {
            document = XDocument.Load(PathOf(assembly));
            documents.Add(assembly, document);
        }
        string name = $"{(member is PropertyInfo ? 'P' : 'F')}:{member.DeclaringType.FullName}.{member.Name}";
        return document.Descendants("member").FirstOrDefault(element => (string?)element.Attribute("name") == name);
    }

    static string Text(XElement summary) => Pages().Replace(Spaces().Replace(string.Concat(summary.Nodes().Select(node => node switch
    {
        XElement { Name.LocalName: "see" } see => $"`{Key(((string?)see.Attribute("cref") ?? "").Split('(')[0].Split('.')[^1])}`",
        XElement element => $"`{element.Value}`",
        _ => node.ToString(),
    })), " "), "").Trim().Replace("|", "\\|").Replace("&lt;", "<").Replace("&gt;", ">");

    static string Key(string name) => $"{char.ToLowerInvariant(name[0])}{name[1..]}";

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    // The page that holds the table need not point to itself.
    [GeneratedRegex(@" \(docs/[^)]*\)")]
    private static partial Regex Pages();
}
