package org.rackweave.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.rackweave.protocol.message.Answer;
import org.rackweave.protocol.message.Command;
import org.rackweave.protocol.message.LeaseView;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rackweave wipes}: what owners signed of their wipes. */
@CommandLine.Command(
        name = "wipes",
        description = "Show or verify what owners signed of the wipes before their grants.",
        subcommands = {WipesCommand.Show.class, WipesCommand.Verify.class})
final class WipesCommand {
    /** Shows those of one loan. */
    @CommandLine.Command(
            name = "show",
            description = "Show the signed wipes of a loan, or with --lent of a lease; with -o json for an auditor.")
    static final class Show implements Action {
        @Parameters(paramLabel = "ID", description = "A loan or a lease in it, or the start of its id.")
        private String id = "";

        @Option(names = "--lent", description = "ID is a lease that the node lends.")
        private boolean isLent;

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            List<WipeRecord> records = leases(session).stream()
                    .flatMap(lease -> WipeRecord.of(lease).stream())
                    .toList();
            show(session, records);
            if (records.isEmpty()) {
                session.note("Nothing of it carries the certificate of a wipe.");
            }
            return ExitCode.DONE;
        }

        /** A list leaves the proofs out: who is meant is read by itself. */
        private List<LeaseView> leases(Session session) throws CommandFailed {
            IdPrefix prefix = IdPrefix.parse(id);
            if (isLent) {
                LeaseView found = Choice.lease(
                        session.ask(Answer.Leases.class, new Command.ListLeases())
                                .leases(),
                        prefix);
                return List.of(session.ask(Answer.Lease.class, new Command.ReadLease(found.id()))
                        .lease());
            }
            return session.ask(
                            Answer.Loan.class,
                            new Command.ReadLoan(Choice.loan(
                                            session.ask(Answer.Loans.class, new Command.ListLoans())
                                                    .loans(),
                                            prefix)
                                    .id()))
                    .loan()
                    .leases();
        }
    }

    /** Recomputes the signatures of a file. */
    @CommandLine.Command(
            name = "verify",
            description = "Check what 'wipes show -o json' wrote: who signed it, and for what. Needs no daemon.")
    static final class Verify implements Action {
        @Parameters(paramLabel = "FILE", description = "The JSON.")
        private Path file = Path.of("");

        @Override
        public ExitCode run(Session session) throws CommandFailed {
            List<WipeRecord> records = WipeFile.read(file);
            show(session, records);
            List<String> faults = records.stream()
                    .flatMap(record -> record.fault().stream()
                            .map(fault -> record.slice().key() + " of "
                                    + record.slice().owner() + ": " + fault))
                    .toList();
            if (!faults.isEmpty()) {
                throw new CommandFailed(
                        ExitCode.FAILED,
                        faults.size() + " of " + records.size() + " do not hold: " + String.join("; ", faults),
                        "keep the file, and ask the owner's ledger: rackweave wipes show --lent");
            }
            session.note(records.size() + (records.size() == 1 ? " wipe is" : " wipes are")
                    + " signed by the owner that is named. Compare its id with 'rackweave nodes'.");
            return ExitCode.DONE;
        }
    }

    private static void show(Session session, List<WipeRecord> records) {
        List<Map<String, Object>> trees = new ArrayList<>();
        records.forEach(record -> {
            Map<String, Object> tree = new LinkedHashMap<>();
            tree.put("lease", record.lease());
            tree.put("slice", ViewTree.sliceId(record.slice()));
            tree.put("epoch", record.epoch().value());
            tree.put("wipe", ViewTree.wipe(record.wipe()));
            tree.put("holds", record.fault().isEmpty());
            record.fault().ifPresent(fault -> tree.put("fault", fault));
            trees.add(tree);
        });
        session.show(new Shown(
                trees,
                records.stream().map(WipeRecord::lease).toList(),
                records.stream()
                        .map(record -> WipeText.of(record, session.style()))
                        .collect(Collectors.joining("\n"))));
    }
}
