package org.rackweave.hal.inventory;

/**
 * The virtual functions of a physical one.
 *
 * @param totalFunctions how many it could have
 * @param usedFunctions how many it has
 */
public record Sriov(int totalFunctions, int usedFunctions) {
    public Sriov {
        Require.within(totalFunctions, 0xFFFF, "totalFunctions");
        Require.within(usedFunctions, 0xFFFF, "usedFunctions");
    }
}
