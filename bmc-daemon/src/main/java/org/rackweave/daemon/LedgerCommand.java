package org.rackweave.daemon;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.rackweave.config.Configuration;
import org.rackweave.crypto.Identity;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.RackTrust;
import org.rackweave.daemon.ledger.BackupDesk;
import org.rackweave.daemon.ledger.HeadSigner;
import org.rackweave.daemon.ledger.Ledger;
import org.rackweave.daemon.ledger.LedgerCheck;
import org.rackweave.daemon.ledger.LedgerCopies;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.daemon.ledger.Restore;
import org.rackweave.daemon.ledger.StateDirectory;

/**
 * {@code rackweaved ledger}: what is done with a ledger beside lending by it.
 *
 * @param verb what is to be done
 * @param file the file that it is done with, where one was named
 * @param knownHead {@code NUMBER:HASH} that the audit trail must have
 * @param root the file with the certificate of the rack's root, in PEM; else the identity directory has it
 */
record LedgerCommand(Verb verb, Optional<Path> file, Optional<String> knownHead, Optional<Path> root) {
    private static final int DONE = 0;
    private static final int FAILED = 1;

    /** How long a daemon may take to make a backup, in milliseconds: it may be in the middle of a long hardware step. */
    private static final long BACKUP_MILLIS = 60_000;

    /** What can be done. */
    enum Verb {
        CHECK,
        EXPORT,
        BACKUP,
        RESTORE
    }

    /** Reads what follows the word {@code ledger}; empty when it makes no sense. */
    static Optional<LedgerCommand> of(List<String> words) {
        List<String> rest = new ArrayList<>(words);
        Optional<String> head = option(rest, "--head");
        Optional<String> root = option(rest, "--ca");
        Optional<Verb> verb = rest.isEmpty() ? Optional.empty() : verb(rest.remove(0));
        if (verb.isEmpty() || rest.size() > 1 || (!rest.isEmpty() && rest.get(0).startsWith("-"))) {
            return Optional.empty();
        }
        boolean needsFile = verb.get() == Verb.BACKUP || verb.get() == Verb.RESTORE;
        boolean checks = verb.get() == Verb.CHECK || verb.get() == Verb.RESTORE;
        if ((needsFile && rest.isEmpty()) || (!checks && (head.isPresent() || root.isPresent()))) {
            return Optional.empty();
        }
        return Optional.of(
                new LedgerCommand(verb.get(), rest.stream().findFirst().map(Path::of), head, root.map(Path::of)));
    }

    private static Optional<Verb> verb(String word) {
        return switch (word) {
            case "check" -> Optional.of(Verb.CHECK);
            case "export" -> Optional.of(Verb.EXPORT);
            case "backup" -> Optional.of(Verb.BACKUP);
            case "restore" -> Optional.of(Verb.RESTORE);
            default -> Optional.empty();
        };
    }

    private static Optional<String> option(List<String> words, String name) {
        int at = words.indexOf(name);
        if (at < 0 || at + 1 >= words.size()) {
            return Optional.empty();
        }
        words.remove(at);
        return Optional.of(words.remove(at));
    }

    /** Whether it can be done by whoever has nothing but the file and the rack's root. */
    boolean needsNoConfiguration() {
        return file.isPresent() && (verb == Verb.EXPORT || (verb == Verb.CHECK && root.isPresent()));
    }

    /** Does it, and answers what the process is to end with. */
    int run(Optional<Configuration> configuration, PrintStream out, PrintStream err) {
        try {
            return switch (verb) {
                case CHECK -> check(configuration, out, err);
                case EXPORT -> export(configuration, out);
                case BACKUP -> backUp(configuration.orElseThrow(), out);
                case RESTORE -> restore(configuration.orElseThrow(), out, err);
            };
        } catch (LedgerException | IdentityException | IllegalArgumentException e) {
            err.println("rackweaved: " + e.getMessage());
            return FAILED;
        } catch (IOException e) {
            err.println("rackweaved: " + e.getClass().getSimpleName() + ": " + e.getMessage());
            return FAILED;
        }
    }

    private int check(Optional<Configuration> configuration, PrintStream out, PrintStream err)
            throws LedgerException, IdentityException, IOException {
        RackTrust trust = trust(configuration);
        if (file.isPresent()) {
            return tell(LedgerCheck.of(file.get(), Optional.of(trust), knownHead), out, err);
        }
        try (StateDirectory state =
                StateDirectory.take(configuration.orElseThrow().node().stateDir())) {
            return tell(LedgerCopies.checkOwn(state, trust, knownHead), out, err);
        }
    }

    private static int tell(LedgerCheck check, PrintStream out, PrintStream err) {
        check.problems().forEach(problem -> err.println("rackweaved: " + problem));
        int count = check.problems().size();
        out.println(check.summary() + ": " + (count == 0 ? "sound" : count + (count == 1 ? " problem" : " problems")));
        return count == 0 ? DONE : FAILED;
    }

    private RackTrust trust(Optional<Configuration> configuration) throws IdentityException, IOException {
        if (root.isEmpty()) {
            return identity(configuration.orElseThrow()).trust();
        }
        try (var in = Files.newInputStream(root.get())) {
            List<X509Certificate> roots = new ArrayList<>();
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .forEach(certificate -> roots.add((X509Certificate) certificate));
            return RackTrust.of(roots);
        } catch (CertificateException e) {
            throw new IllegalArgumentException(
                    root.get() + ": holds no certificate in PEM; name the rack's ca.cert.pem");
        }
    }

    private static Identity identity(Configuration configuration) throws IdentityException {
        return Identity.load(
                configuration.node().identityDir(), InstantSource.system().instant());
    }

    private int export(Optional<Configuration> configuration, PrintStream out)
            throws LedgerException, IdentityException, IOException {
        OutputStream lines = new BufferedOutputStream(out);
        if (file.isPresent()) {
            LedgerCopies.export(file.get(), lines);
            return DONE;
        }
        Configuration node = configuration.orElseThrow();
        try (StateDirectory state = StateDirectory.take(node.node().stateDir());
                Ledger ledger = open(state, node)) {
            ledger.export(lines, InstantSource.system().millis());
        }
        return DONE;
    }

    private static Ledger open(StateDirectory state, Configuration configuration)
            throws LedgerException, IdentityException {
        return Ledger.open(
                state,
                configuration.ledger().maxBytes(),
                Optional.of(new HeadSigner(identity(configuration), new SecureRandom())));
    }

    private int backUp(Configuration configuration, PrintStream out)
            throws LedgerException, IdentityException, IOException {
        Path target = file.orElseThrow();
        if (Files.exists(target)) {
            throw new LedgerException(target, "is there already", "name a file that is not, or move it away");
        }
        Path directory = configuration.node().stateDir();
        Optional<StateDirectory> free = StateDirectory.takeIfFree(directory);
        if (free.isPresent()) {
            try (StateDirectory state = free.get();
                    Ledger ledger = open(state, configuration)) {
                ledger.backUp(target, InstantSource.system().millis());
            }
        } else {
            fetch(directory, target);
        }
        LedgerCheck check =
                LedgerCheck.of(target, Optional.of(identity(configuration).trust()), Optional.empty());
        if (!check.problems().isEmpty()) {
            throw new LedgerException(
                    target, "the copy is not sound (" + check.problems().get(0) + ")", "check the ledger itself");
        }
        out.println(target + ": " + check.summary());
        return DONE;
    }

    /** The daemon has the ledger to itself, and so makes the copy; it may write nowhere else than beside its ledger. */
    private static void fetch(Path directory, Path target) throws LedgerException, IOException {
        BackupDesk desk = new BackupDesk(directory);
        String id = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
        desk.request(id);
        long endNanos = System.nanoTime() + BACKUP_MILLIS * 1_000_000;
        Optional<BackupDesk.Answer> answer = desk.answer(id);
        while (answer.isEmpty() && System.nanoTime() - endNanos < 0) {
            pause();
            answer = desk.answer(id);
        }
        Optional<Path> copy = answer.flatMap(BackupDesk.Answer::copy);
        if (copy.isEmpty()) {
            throw new LedgerException(
                    target,
                    "not written: "
                            + answer.map(BackupDesk.Answer::text)
                                    .orElse("the daemon has not answered within " + BACKUP_MILLIS / 1_000 + " s"),
                    "see the daemon's log");
        }
        LedgerCopies.move(copy.get(), target);
        desk.removeOld();
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(BackupDesk.LOOK_MILLIS / 5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the daemon was asked for a backup", e);
        }
    }

    private int restore(Configuration configuration, PrintStream out, PrintStream err)
            throws LedgerException, IdentityException, IOException {
        Path backup = file.orElseThrow();
        LedgerCheck check = LedgerCopies.checkBackup(backup, trust(Optional.of(configuration)), knownHead);
        if (!check.problems().isEmpty()) {
            int unused = tell(check, out, err);
            throw new LedgerException(backup, "is not restored: it is not sound", "take another backup");
        }
        Path directory = configuration.node().stateDir();
        Files.createDirectories(directory);
        long floor = Restore.stage(backup, directory, InstantSource.system().millis());
        Optional<StateDirectory> free = StateDirectory.takeIfFree(directory);
        if (free.isPresent()) {
            try (StateDirectory state = free.get()) {
                Restore.takeStaged(state);
            }
            out.println("restored: " + check.summary());
        } else {
            out.println("a daemon runs: restart it, and it takes the backup (" + check.summary() + ")");
        }
        out.println("what was free then is wiped before it is offered, and new epochs are above " + floor
                + "; the ledger from before is kept as " + Restore.ASIDE_FILE);
        return DONE;
    }
}
