// For the examples of the pages: a test that breaks a law because of a fault, and that passes
// where the fault cannot strike. What is told comes first, then the arguments of the test
// without the fault.
macro_rules! falls {
    (
        $told:literal, without it: ($($without:tt)*);
        #[reveille::test $(($($arguments:tt)*))?]
        async fn $name:ident() { $($body:tt)* }
    ) => {
        #[reveille::test $(($($arguments)*))?]
        #[should_panic(expected = $told)]
        async fn $name() { $($body)* }

        mod without_it {
            use super::*;

            #[reveille::test($($without)*)]
            async fn $name() { $($body)* }
        }
    };
}
