package org.rackweave.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** How help looks: what all commands share stands once, on the first page. */
final class HelpPage {
    private HelpPage() {}

    static void lay(CommandLine line) {
        UsageMessageSpec page = line.getCommandSpec().usageMessage();
        page.synopsisHeading("Usage: ").commandListHeading("%nCommands:%n").optionListHeading("%nOptions:%n");
        page.exitCodeListHeading("%nExit codes:%n").exitCodeList(exitCodes());
        page.footerHeading("%nEnvironment:%n")
                .footer(
                        "  RACKWEAVE_CONFIG    for --config",
                        "  RACKWEAVE_IDENTITY  for --identity",
                        "  NO_COLOR            when not empty, no colours",
                        "  COLUMNS             how wide tables are (80)",
                        "",
                        "Identifiers may be cut to their first digits, at least four, that are like no other's.");
        page.customSynopsis("rackweave [OPTIONS] COMMAND [ARGUMENTS]");
        line.getSubcommands().values().forEach(HelpPage::layInner);
    }

    private static void layInner(CommandLine line) {
        UsageMessageSpec page = line.getCommandSpec().usageMessage();
        page.synopsisHeading("Usage: ").commandListHeading("%nCommands:%n").optionListHeading("%nOptions:%n");
        page.parameterListHeading("%nArguments:%n");
        page.footer("%nOptions that every command takes, and exit codes: rackweave --help");
        page.customSynopsis(synopsis(line));
        Map<String, CommandLine.IHelpSectionRenderer> sections = new LinkedHashMap<>(line.getHelpSectionMap());
        sections.put(
                UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING,
                help -> own(help).isEmpty() ? "" : help.optionListHeading());
        sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpPage::ownOptions);
        line.setHelpSectionMap(sections);
        line.getSubcommands().values().forEach(HelpPage::layInner);
    }

    private static String synopsis(CommandLine line) {
        StringBuilder text = new StringBuilder(line.getCommandSpec().qualifiedName());
        if (!line.getSubcommands().isEmpty()) {
            return text.append(" COMMAND").toString();
        }
        for (OptionSpec option : line.getCommandSpec().options()) {
            if (option.required()) {
                text.append(' ').append(option.longestName()).append(' ').append(option.paramLabel());
            }
        }
        if (line.getCommandSpec().options().stream().anyMatch(option -> !option.required())) {
            text.append(" [OPTIONS]");
        }
        line.getCommandSpec().positionalParameters().forEach(parameter -> {
            String label = parameter.paramLabel();
            text.append(' ').append(parameter.required() ? label : "[" + label + "]");
        });
        return text.toString();
    }

    private static String ownOptions(Help help) {
        List<OptionSpec> own = own(help);
        if (own.isEmpty()) {
            return "";
        }
        Help.Layout layout = help.createDefaultLayout(own, List.of(), help.colorScheme());
        layout.addAllOptions(own, help.createDefaultParamLabelRenderer());
        return layout.toString();
    }

    private static List<OptionSpec> own(Help help) {
        return help.commandSpec().options().stream()
                .filter(option -> !option.inherited())
                .toList();
    }

    private static Map<String, String> exitCodes() {
        Map<String, String> codes = new LinkedHashMap<>();
        for (ExitCode code : ExitCode.values()) {
            codes.put(Integer.toString(code.code()), code.sentence());
        }
        return codes;
    }
}
