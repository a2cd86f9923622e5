package org.rackweave.hal.policy;

import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import org.rackweave.hal.inventory.Inventory;

/** Applies the policy that the package's documentation states. */
public final class LendingPolicy {
    private final KeepRules keep;
    private final Set<HardwareIdentity> claimed;

    /**
     * A policy.
     *
     * @param keep what the machine itself needs
     * @param claimed what the operator's configuration says that this node owns
     */
    public LendingPolicy(KeepRules keep, Set<HardwareIdentity> claimed) {
        this.keep = keep;
        this.claimed = Set.copyOf(claimed);
    }

    /**
     * Decides about everything in an inventory.
     *
     * @param borrowed what this machine has from other nodes now
     */
    public LendingDecision decide(Inventory inventory, Set<HardwareIdentity> borrowed) {
        Findings findings = new Findings(claimed, Set.copyOf(borrowed));
        new NodePolicy(keep, findings).decide(inventory);
        new CxlPolicy(keep, findings).decide(inventory);
        new FunctionPolicy(keep, findings).decide(inventory);
        Set<HardwareIdentity> absent = new TreeSet<>(claimed);
        absent.removeAll(findings.seen());
        return new LendingDecision(
                findings.offered().stream()
                        .sorted(Comparator.comparing(OfferableSlice::identity))
                        .toList(),
                findings.withheld().stream()
                        .sorted(Comparator.comparing(WithheldSlice::identity))
                        .toList(),
                absent.stream().toList());
    }
}
