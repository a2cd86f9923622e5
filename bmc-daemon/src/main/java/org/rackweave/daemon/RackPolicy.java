package org.rackweave.daemon;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.rackweave.config.Configuration;
import org.rackweave.config.ConfigurationProblem;
import org.rackweave.config.PolicyDocument;
import org.rackweave.config.PolicyText;
import org.rackweave.crypto.IdentityException;
import org.rackweave.crypto.NodeId;
import org.rackweave.crypto.Principal;
import org.rackweave.crypto.RackTrust;
import org.rackweave.crypto.Role;
import org.rackweave.crypto.SignedText;
import org.rackweave.daemon.lease.Effect;
import org.rackweave.daemon.lease.LendingRules;
import org.rackweave.daemon.ledger.Ledger;
import org.rackweave.daemon.ledger.LedgerException;
import org.rackweave.protocol.message.LoanView;
import org.rackweave.protocol.message.ResourceKind;

/**
 * The rack's lending rules, as an operator signed them: what is read at the start, and what it comes to at one owner.
 *
 * @param document what it says
 * @param signer who signed it
 */
record RackPolicy(PolicyDocument document, Principal signer) {
    /** In the ledger: the highest version that this node ever lent under, in decimal digits. */
    static final String VERSION_META = "policy_version";

    /** What the policy calls a borrower that no line names. No id is empty. */
    private static final String ANYBODY = "";

    /** A policy without a line says nothing about anybody. */
    private static final PolicyDocument NOTHING = new PolicyDocument(1, List.of(), List.of(), List.of(), List.of());

    RackPolicy {
        Objects.requireNonNull(document);
        Objects.requireNonNull(signer);
    }

    /**
     * Reads the file and believes it.
     *
     * @param file its path; nothing is read, and there are no such rules, when it is empty
     * @throws StartException when the file cannot be read or believed, or says what is no rule
     */
    static Optional<RackPolicy> read(String file, RackTrust trust) throws StartException {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        SignedText signed;
        try {
            signed = SignedText.read(Path.of(file), PolicyDocument.PURPOSE, Role.OPERATOR, trust);
        } catch (IdentityException e) {
            throw new StartException(e.getMessage() + " (lending.policy; nothing is lent without its rules)", e);
        }
        PolicyText.Reading reading = PolicyText.read(file, signed.text());
        if (reading instanceof PolicyText.Reading.Sound sound) {
            return Optional.of(new RackPolicy(sound.policy(), signed.signer()));
        }
        List<ConfigurationProblem> problems = ((PolicyText.Reading.Faulty) reading).problems();
        throw new StartException(problems.get(0)
                + (problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more)")
                + "; sign the corrected text with 'rackweave policy sign' (lending.policy; nothing is lent without its"
                + " rules)");
    }

    /**
     * Refuses what is older than what this node has lent under, and keeps a newer version in mind, with a row of the audit trail.
     * The row comes first: a crash between the two writes it again, and never leaves it out.
     */
    void admit(Ledger ledger, long wallMillis) throws StartException, LedgerException {
        long highest = ledger.meta(VERSION_META).map(Long::parseLong).orElse(0L);
        if (document.version() < highest) {
            throw new StartException("the policy of lending.policy is version " + document.version()
                    + ", and this node has lent under version " + highest
                    + " already; put the newer file there, or have the older rules signed anew as version "
                    + (highest + 1));
        }
        if (document.version() > highest) {
            ledger.commit(
                    List.of(new Effect.Audit(
                            signer.name() + " " + signer.id(),
                            "policy.loaded",
                            "version " + document.version(),
                            new Detail()
                                    .with("version", document.version())
                                    .with("before", highest)
                                    .with("signer", signer.id().toString())
                                    .toString())),
                    wallMillis);
            ledger.remember(VERSION_META, Long.toString(document.version()));
        }
    }

    /** What an owner keeps and allows: of what the rack's policy and its own configuration keep, the larger. */
    static LendingRules rules(Optional<RackPolicy> policy, NodeId owner, Configuration.Keep keep) {
        return rulesOf(policy.map(RackPolicy::document).orElse(NOTHING), owner, keep);
    }

    static LendingRules rulesOf(PolicyDocument policy, NodeId owner, Configuration.Keep keep) {
        String self = owner.toString();
        Map<ResourceKind, Long> floors = new HashMap<>();
        for (ResourceKind kind : ResourceKind.values()) {
            floors.put(kind, Math.max(policy.floor(kind.word(), self), kept(kind, keep)));
        }
        Map<NodeId, Map<ResourceKind, Long>> quotasOf = new HashMap<>();
        named(policy.quotas().stream().flatMap(quota -> quota.borrower().stream()))
                .forEach(borrower -> quotasOf.put(borrower, quotas(policy, borrower.toString(), self)));
        Map<NodeId, Integer> prioritiesOf = new HashMap<>();
        named(policy.caps().stream().flatMap(cap -> cap.borrower().stream()))
                .forEach(borrower -> prioritiesOf.put(borrower, cap(policy, borrower.toString())));
        return new LendingRules(
                floors,
                quotas(policy, ANYBODY, self),
                quotasOf,
                cap(policy, ANYBODY),
                prioritiesOf,
                policy.reservations(self).orElse(LoanView.MAX_LEASES));
    }

    private static Stream<NodeId> named(Stream<String> ids) {
        return ids.distinct().map(NodeId::parse);
    }

    private static int cap(PolicyDocument policy, String borrower) {
        return (int) policy.cap(borrower).orElse(PolicyDocument.MAX_PRIORITY);
    }

    private static Map<ResourceKind, Long> quotas(PolicyDocument policy, String borrower, String owner) {
        Map<ResourceKind, Long> quotas = new HashMap<>();
        for (ResourceKind kind : ResourceKind.values()) {
            OptionalLong quota = policy.quota(kind.word(), borrower, owner);
            if (quota.isPresent()) {
                quotas.put(kind, quota.getAsLong());
            }
        }
        return quotas;
    }

    private static long kept(ResourceKind kind, Configuration.Keep keep) {
        return switch (kind) {
            case MEMORY -> keep.memoryBytes();
            case CORES -> keep.cores();
            case PCIE_DEVICE, FUNCTION, LANES, ACCELERATOR -> 0;
        };
    }
}
