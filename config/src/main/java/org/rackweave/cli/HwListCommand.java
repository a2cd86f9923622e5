package org.rackweave.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code rackweave hw list}: which switches there are for this machine, and whether they answer. */
@CommandLine.Command(
        name = "list",
        description =
                "List the switches that this machine's configuration names, that its kernel has, or that are given.")
final class HwListCommand implements Action {
    private static final Path DEVICES = Path.of("/dev");
    private static final String DRIVER_FILES = "switchtec[0-9]*";

    @Option(
            names = "--switch",
            paramLabel = "SWITCH",
            description = "One more; may be given several times. Its forms: rackweave hw show --help.")
    private List<String> given = new ArrayList<>();

    @Option(names = "--json", description = "The same as -o json.")
    private boolean json;

    /**
     * What became of a switch that was asked who it is.
     *
     * @param from where its name was found
     * @param trouble why it did not answer; empty when it did
     */
    private record Listed(SwitchName name, String from, Optional<String> identity, String trouble) {}

    @Override
    public ExitCode run(Session session) throws CommandFailed {
        List<Listed> switches = new ArrayList<>();
        for (String each : given) {
            switches.add(asked(SwitchOption.parsed(each), "given"));
        }
        Optional<SwitchName> owned =
                SwitchName.ownedBy(session.configuration().lending().interposer());
        owned.ifPresent(name -> switches.add(asked(name, "configuration")));
        for (Path device : driverFiles(DEVICES)) {
            switches.add(asked(new SwitchName.SwitchtecDriver(device), "kernel"));
        }
        if (switches.isEmpty()) {
            session.note("No switch is named by " + session.configurationFile() + ", and there is no "
                    + DEVICES.resolve("switchtec0") + ".");
            session.note(
                    "  -> give one: rackweave hw list --switch HOST:PORT (CXL) or --switch switchtec:HOST; for one on"
                            + " this machine's PCIe load the kernel's driver: modprobe switchtec");
        }
        show(session, switches);
        return switches.stream().allMatch(each -> each.identity().isPresent()) ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** Those that the kernel's driver has made, by name. */
    static List<Path> driverFiles(Path directory) throws CommandFailed {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, DRIVER_FILES)) {
            files.forEach(found::add);
        } catch (IOException unreadable) {
            throw new CommandFailed(
                    ExitCode.FAILED, directory + " cannot be read: " + unreadable.getMessage(), "see its rights");
        }
        return found.stream().sorted().toList();
    }

    private static Listed asked(SwitchName name, String from) {
        try (SwitchAtHand atHand = SwitchAtHand.of(name)) {
            return new Listed(name, from, Optional.of(atHand.identity()), "");
        } catch (CommandFailed silent) {
            return new Listed(name, from, Optional.empty(), silent.problem());
        }
    }

    private void show(Session session, List<Listed> switches) {
        Table table = new Table(session.style(), "SWITCH", "FROM", "ANSWERS", "WHO");
        List<Object> tree = new ArrayList<>();
        for (Listed each : switches) {
            boolean answers = each.identity().isPresent();
            table.row(
                    each.name().text(),
                    each.from(),
                    answers ? "yes" : "no",
                    each.identity().orElse(each.trouble()));
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("switch", each.name().text());
            one.put("from", each.from());
            one.put("answers", answers);
            each.identity().ifPresent(identity -> one.put("identity", identity));
            if (!answers) {
                one.put("trouble", each.trouble());
            }
            tree.add(one);
        }
        OutputFormat form = json && session.output() == OutputFormat.TABLE ? OutputFormat.JSON : session.output();
        session.show(
                new Shown(
                        tree,
                        switches.stream().map(each -> each.name().text()).toList(),
                        switches.isEmpty() ? "" : table.toString()),
                form);
    }
}
