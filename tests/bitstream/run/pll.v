// A phase-locked loop of iCE40: it gives the clock of the simulation, `allspike_board.clk`, and locks once its
// reference has swung LOCKS times. By which factor it multiplies is read from its words, and simulated as time.
module SB_PLL40_CORE (
	input REFERENCECLK, output PLLOUTCORE, output PLLOUTGLOBAL, input EXTFEEDBACK, input [7:0] DYNAMICDELAY,
	output LOCK, input BYPASS, input RESETB, input LATCHINPUTVALUE, output SDO, input SDI, input SCLK
);
	parameter FEEDBACK_PATH = "";
	parameter DELAY_ADJUSTMENT_MODE_FEEDBACK = "";
	parameter DELAY_ADJUSTMENT_MODE_RELATIVE = "";
	parameter PLLOUT_SELECT = "";
	parameter SHIFTREG_DIV_MODE = 0;
	parameter FDA_FEEDBACK = 0;
	parameter FDA_RELATIVE = 0;
	parameter DIVR = 0;
	parameter DIVF = 0;
	parameter DIVQ = 0;
	parameter FILTER_RANGE = 0;
	parameter ENABLE_ICEGATE = 0;
	parameter TEST_MODE = 0;
	localparam LOCKS = 100;

	reg [7:0] swings = 0;
	always @(posedge REFERENCECLK)
		if (!LOCK) swings <= swings + 1;
	assign LOCK = swings == LOCKS && RESETB && !BYPASS;
	assign PLLOUTCORE = RESETB & (BYPASS ? REFERENCECLK : allspike_board.clk);
	assign PLLOUTGLOBAL = PLLOUTCORE;
	assign SDO = 0;
endmodule

// The same, its reference from a pin.
module SB_PLL40_PAD (
	input PACKAGEPIN, output PLLOUTCORE, output PLLOUTGLOBAL, input EXTFEEDBACK, input [7:0] DYNAMICDELAY,
	output LOCK, input BYPASS, input RESETB, input LATCHINPUTVALUE, output SDO, input SDI, input SCLK
);
	parameter FEEDBACK_PATH = "";
	parameter DELAY_ADJUSTMENT_MODE_FEEDBACK = "";
	parameter DELAY_ADJUSTMENT_MODE_RELATIVE = "";
	parameter PLLOUT_SELECT = "";
	parameter SHIFTREG_DIV_MODE = 0;
	parameter FDA_FEEDBACK = 0;
	parameter FDA_RELATIVE = 0;
	parameter DIVR = 0;
	parameter DIVF = 0;
	parameter DIVQ = 0;
	parameter FILTER_RANGE = 0;
	parameter ENABLE_ICEGATE = 0;
	parameter TEST_MODE = 0;
	SB_PLL40_CORE core (
		.REFERENCECLK(PACKAGEPIN), .PLLOUTCORE(PLLOUTCORE), .PLLOUTGLOBAL(PLLOUTGLOBAL), .EXTFEEDBACK(EXTFEEDBACK),
		.DYNAMICDELAY(DYNAMICDELAY), .LOCK(LOCK), .BYPASS(BYPASS), .RESETB(RESETB), .LATCHINPUTVALUE(LATCHINPUTVALUE),
		.SDO(SDO), .SDI(SDI), .SCLK(SCLK)
	);
endmodule
