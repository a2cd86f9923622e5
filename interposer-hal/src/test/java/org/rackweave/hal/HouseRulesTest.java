package org.rackweave.hal;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.rackweave.hal", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseRulesTest {
    @ArchTest
    static final ArchRule jna_lives_in_one_package = noClasses()
            .that()
            .resideOutsideOfPackage("..nativelinux")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna..")
            .because("one funnel turns every native failure into a HalException");

    @ArchTest
    static final ArchRule values_parsers_and_policy_do_no_input_or_output = noClasses()
            .that()
            .resideInAnyPackage("..hal.inventory", "..hal.health", "..hal.text", "..hal.policy")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "..hal.discovery")
            .because("they are values and pure functions, tested with text");

    @ArchTest
    static final ArchRule bytes_of_a_wire_are_pure = noClasses()
            .that()
            .resideInAPackage("..hal.switchtec.wire")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "java.util.concurrent..")
            .because(
                    "the client and the simulated switch share them, and a fuzz test can only hold what does nothing else");

    @ArchTest
    static final ArchRule events_are_text = noClasses()
            .that()
            .resideInAPackage("..hal.uevent")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "..nativelinux")
            .because("who reads a storm must be testable without one");

    @ArchTest
    static final ArchRule the_policy_knows_the_inventory_and_nothing_below = noClasses()
            .that()
            .resideInAPackage("..hal.policy")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..hal.discovery", "..hal.text", "..hal.nativelinux")
            .because("what may be lent must not depend on how it was found");
}
