package org.rackweave.sim.lab.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.AuditRow;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.EventView;
import org.rackweave.protocol.message.LeaseView;
import org.rackweave.protocol.message.LoanId;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.SliceView;
import org.rackweave.sim.lab.CxlHardware;
import org.rackweave.sim.lab.JsonObject;
import org.rackweave.sim.lab.JsonText;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.ProgramRun;
import org.rackweave.sim.lab.Rack;
import org.rackweave.sim.lab.Slices;
import org.rackweave.sim.lab.Window;

/** The rack that the story is about, and the questions that several steps ask of it. */
final class Stage {
    static final String BORROWER = "a";
    static final String OWNER = "b";
    static final String NEXT = "c";
    static final List<String> ALL = List.of(BORROWER, OWNER, NEXT);

    static final long GIB = 1L << 30;
    static final long WANTED_BYTES = 2 * GIB;

    /** For what the daemons do by themselves; generous, because a laptop may be busy. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Rack rack;
    private final CxlHardware hardware;

    Stage(Rack rack, CxlHardware hardware) {
        this.rack = rack;
        this.hardware = hardware;
    }

    Rack rack() {
        return rack;
    }

    List<SliceView> slices(String owner) throws LabFailure {
        return Slices.of(rack, owner);
    }

    SliceView slice(String owner, String key) throws LabFailure {
        return slices(owner).stream()
                .filter(slice -> slice.id().key().equals(key))
                .findFirst()
                .orElseThrow(() -> new LabFailure("node " + owner + " has no slice " + key + " any more"));
    }

    LoanView loan(String borrower, LoanId id) throws LabFailure {
        return rack.ask(borrower, new Command.ReadLoan(id), Answer.Loan.class).loan();
    }

    /** Borrows 2 GiB of the owner by the command line, as a field engineer does. */
    LoanView borrow(String borrower, String term) throws LabFailure {
        return borrow(borrower, "2GiB", term, "--from", OWNER);
    }

    /** Borrows memory by the command line; the answer is read back from the node. */
    LoanView borrow(String borrower, String amount, String term, String... more) throws LabFailure {
        List<String> arguments = new ArrayList<>(List.of("borrow", "--kind", "memory", "--amount", amount));
        arguments.addAll(List.of("--term", term, "--forced-end", "tolerated", "-o", "name"));
        arguments.addAll(List.of(more));
        ProgramRun run =
                rack.commandLine(borrower, arguments.toArray(String[]::new)).requireDone("rackweave borrow");
        return loan(borrower, loanIdIn(run.output()));
    }

    private static LoanId loanIdIn(String output) throws LabFailure {
        String first = output.strip().lines().findFirst().orElse("");
        try {
            return LoanId.parse(first);
        } catch (IllegalArgumentException noId) {
            throw new LabFailure("rackweave borrow printed no loan but: " + output.strip(), noId);
        }
    }

    /** Where a borrower's host finds each slice of a loan. */
    static List<Window> windows(LoanView loan) throws LabFailure {
        List<Window> windows = new ArrayList<>();
        for (LeaseView lease : loan.leases()) {
            windows.add(new Window(Path.of(lease.attachment()
                    .orElseThrow(() -> new LabFailure("lease " + lease.id().brief() + " has no attachment"))
                    .address())));
        }
        return windows;
    }

    static List<String> keys(LoanView loan) {
        return loan.leases().stream().map(lease -> lease.slice().key()).sorted().toList();
    }

    /** The memory of a slice as its owner's device holds it. */
    Window ownersView(String key) throws LabFailure {
        return new Window(hardware.memory(OWNER, key));
    }

    /** What the owner's switch says of a slice, asked from outside of any daemon. */
    String route(String key) throws LabFailure {
        return hardware.route(OWNER, key);
    }

    CxlHardware hardware() {
        return hardware;
    }

    /** Runs a program on the borrower's host: another process, which opens the windows by their paths. */
    List<JsonObject> host(String action, String mark, List<Window> windows) throws LabFailure {
        List<String> arguments = new ArrayList<>(List.of("host", action, "--mark", mark));
        windows.forEach(window -> arguments.add(window.file().toString()));
        ProgramRun run = rack.lab(arguments.toArray(String[]::new)).requireDone("the host's program");
        List<JsonObject> lines = new ArrayList<>();
        for (String line : run.output().strip().lines().toList()) {
            lines.add(JsonText.object(line));
        }
        return lines;
    }

    /** The whole audit trail of a node. */
    List<AuditRow> audit(String node) throws LabFailure {
        List<AuditRow> rows = new ArrayList<>();
        while (true) {
            long after = rows.isEmpty() ? 0 : rows.get(rows.size() - 1).number();
            Answer.Audit audit = rack.ask(node, new Command.ReadAudit(after), Answer.Audit.class);
            if (audit.rows().isEmpty()) {
                return rows;
            }
            rows.addAll(audit.rows());
        }
    }

    /** All events that a node still has. */
    List<EventView> events(String node) throws LabFailure {
        List<EventView> events = new ArrayList<>();
        while (true) {
            long after = events.isEmpty() ? 0 : events.get(events.size() - 1).number();
            Answer.Events more = rack.ask(node, new Command.ReadEvents(after), Answer.Events.class);
            if (more.events().isEmpty()) {
                return events;
            }
            events.addAll(more.events());
        }
    }

    long counter(String node, String name) throws LabFailure {
        return rack.ask(node, new Command.ReadCounters(), Answer.Counters.class).counters().stream()
                .filter(counter -> counter.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new LabFailure("node " + node + " has no counter " + name))
                .value();
    }

    static void require(boolean holds, String instead, Object... values) throws LabFailure {
        if (!holds) {
            throw new LabFailure(String.format(java.util.Locale.ROOT, instead, values));
        }
    }

    static String gib(long bytes) {
        return bytes % GIB == 0
                ? bytes / GIB + " GiB"
                : String.format(java.util.Locale.ROOT, "%.1f GiB", bytes / (double) GIB);
    }
}
